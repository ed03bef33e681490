import keras
from keras.layers import Activation, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, Input, add
from keras.models import Model


class ResNetBuilder:
    """Builds small residual networks."""

    def __init__(self, hp):
        self.hp = hp
        self.activation = hp.Choice("activation", values=["relu", "swish"])

    def unit(self, x, filters, stride, name):
        shortcut = x
        if stride != 1 and self.hp.Boolean("project_on_stride", default=True):
            shortcut = Conv2D(filters, 1, strides=stride, name=name + "_0_conv")(shortcut)
        elif shortcut.shape[-1] != filters:
            shortcut = Conv2D(filters, 1, name=name + "_0_conv")(shortcut)
        x = Conv2D(filters, 3, strides=stride, padding="same", name=name + "_1_conv")(x)
        x = BatchNormalization(name=name + "_1_bn")(x)
        x = Activation(self.activation, name=name + "_1_act")(x)
        x = Conv2D(filters, 3, padding="same", name=name + "_2_conv")(x)
        return add([shortcut, x], name=name + "_add")

    def build(self):
        hp = self.hp
        inputs = Input((48, 48, 3))
        x = Conv2D(hp.Int("stem", 8, 32, step=8), 3, padding="same")(inputs)
        for stage in range(hp.Int("stages", 1, 3)):
            filters = min(64, hp.Int("width", 8, 32, step=8) * 2**stage)
            for unit in range(hp.Int(f"units_{stage}", 1, 2)):
                x = self.unit(x, filters, hp.Choice("stride", [1, 2]) if unit == 0 else 1, f"stage{stage}_unit{unit}")
        x = GlobalAveragePooling2D()(x)
        return Model(inputs, Dense(10, activation="softmax")(x))


def build_resnet(hp):
    model = ResNetBuilder(hp).build()
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=hp.Choice("learning_rate", values=[1e-1, 1e-2, 1e-3]), nesterov=hp.Boolean("nesterov")),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
