import keras
from keras import layers


def get_model(hp):
    mels, frames = hp.Choice("n_mels", [32, 40, 64]), hp.Choice("frames", [50, 98])
    model = keras.models.Sequential(
        [
            layers.Input((frames, mels)),
            layers.Reshape((frames, mels, 1)),
            *[
                layer
                for i in range(hp.Int("conv_blocks", 1, 4))
                for layer in (
                    layers.Conv2D(hp.Int(f"conv_filters_{i}", 8, 32, step=8), (hp.Choice("kt", [3, 9]), hp.Choice("kf", [3, 5])), activation="relu"),
                    layers.MaxPooling2D((2, hp.Choice("pf", [1, 2, 4]))),
                )
            ],
        ]
    )
    time, freq, channels = model.output_shape[1:]
    model.add(layers.Reshape((time, freq * channels)))
    model.add(layers.GRU(max(16, int(channels * hp.Choice("factor", [0.5, 1.0, 2.0])))))
    model.add(layers.Dense(12, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
