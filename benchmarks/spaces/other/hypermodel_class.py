import keras
import keras_tuner as kt
from keras import layers


class ImageClassifier(kt.HyperModel):
    def __init__(self, input_shape, num_classes):
        super().__init__()
        self.input_shape = input_shape
        self.num_classes = num_classes

    def _stage(self, x, hp, stage):
        filters = hp.Choice(f"stage{stage}/filters", [16, 32, 64, 128])
        for repeat in range(hp.Int(f"stage{stage}/repeats", 1, 3)):
            x = layers.Conv2D(filters, self.kernel, padding="valid", use_bias=False, name=f"s{stage}_conv{repeat}")(x)
            x = layers.BatchNormalization(name=f"s{stage}_bn{repeat}")(x)
            x = layers.Activation(self.activation, name=f"s{stage}_act{repeat}")(x)
        return layers.MaxPooling2D(2, name=f"s{stage}_pool")(x)

    def build(self, hp):
        self.kernel = hp.Choice("kernel", [3, 5])
        self.activation = hp.Choice("activation", ["relu", "gelu", "silu"])
        inputs = x = keras.Input(self.input_shape)
        for stage in range(hp.Int("stages", 1, 3)):
            x = self._stage(x, hp, stage)
        x = layers.GlobalAveragePooling2D()(x)
        x = layers.Dropout(hp.Float("dropout", 0, 0.5, step=0.1))(x)
        outputs = layers.Dense(self.num_classes, activation="softmax")(x)
        model = keras.Model(inputs, outputs)
        model.compile(
            optimizer=hp.Choice("optimizer", ["adam", "sgd", "rmsprop"]),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        return model


tuner = kt.Hyperband(ImageClassifier((32, 32, 3), 10), objective="val_accuracy", max_epochs=20, directory="kt", project_name="cifar")
