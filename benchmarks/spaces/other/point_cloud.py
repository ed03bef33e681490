import keras
from keras import layers, ops


class OrthogonalRegularizer(keras.regularizers.Regularizer):
    def __init__(self, num_features, l2=0.001):
        self.num_features, self.l2 = num_features, l2

    def __call__(self, x):
        x = ops.reshape(x, (-1, self.num_features, self.num_features))
        xxt = ops.matmul(x, ops.transpose(x, (0, 2, 1)))
        return ops.sum(self.l2 * ops.square(xxt - ops.eye(self.num_features)))


def conv_bn(x, filters):
    x = layers.Conv1D(filters, kernel_size=1, padding="valid")(x)
    x = layers.BatchNormalization(momentum=0.0)(x)
    return layers.Activation("relu")(x)


def tnet(inputs, num_features, width):
    x = conv_bn(inputs, width)
    x = layers.GlobalMaxPooling1D()(x)
    x = layers.Dense(num_features * num_features, activity_regularizer=OrthogonalRegularizer(num_features))(x)
    feat_T = layers.Reshape((num_features, num_features))(x)
    return layers.Dot(axes=(2, 1))([inputs, feat_T])


def build(hp):
    inputs = keras.Input((hp.Choice("points", [128, 256]), 3))
    x = tnet(inputs, 3, hp.Int("tnet_width", 16, 64, step=16))
    width = hp.Choice("width", [16, 32, 48])
    for _ in range(hp.Int("convs", 1, 2)):
        x = conv_bn(x, width)
    if hp.Boolean("feature_transform"):
        x = tnet(x, hp.Choice("features", [16, 32]), 32)
    x = conv_bn(x, hp.Int("top", 32, 96, step=32))
    x = layers.GlobalMaxPooling1D()(x)
    x = layers.Dropout(hp.Choice("dropout", [0.2, 0.3, 0.4]))(layers.Dense(32, activation="relu")(x))
    model = keras.Model(inputs, layers.Dense(4, activation="softmax")(x), name="pointnet")
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3])), metrics=["sparse_categorical_accuracy"])
    return model
