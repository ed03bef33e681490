import keras
import keras_tuner as kt


def build_model(hp: kt.HyperParameters):
    # a signal is shortened level by level before it meets two recurrent layers
    model = keras.models.Sequential()
    model.add(keras.layers.Input((128, 6)))
    for block in range(4):
        model.add(keras.layers.SeparableConv1D(hp.Int("filters_%d" % block, 16, 64, 16), hp.Choice("kernel_%d" % block, [3, 7, 11])))
        model.add(keras.layers.AveragePooling1D(pool_size=hp.Choice("pool_%d" % block, [1, 2, 4]), strides=hp.Choice("step_%d" % block, [1, 2, 3])))
        model.add(keras.layers.Dropout(hp.Float("dropout_%d" % block, 0, 0.5, step=0.25)))
    model.add(keras.layers.LSTM(hp.Int("lstm_1", 8, 32, 8), return_sequences=True))
    model.add(keras.layers.GRU(hp.Int("lstm_2", 8, 32, 8)))
    model.add(keras.layers.Dense(3, activation="softmax"))
    model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
