import tensorflow as tf

L = tf.keras.layers


def frames(hp):
    net = tf.keras.Sequential()
    net.add(L.InputLayer((20, 20, 3)))
    for i in range(hp.Int("convs", 1, 3)):
        net.add(L.Conv2D(8 * 2**i, hp.Choice("kernel", [3, 5, 7]), activation="relu"))
    net.add(L.GlobalAveragePooling2D())
    return net


def build(hp):
    model = tf.keras.Sequential([L.InputLayer((hp.Int("frames", 4, 12, step=2), 20, 20, 3)), L.TimeDistributed(frames(hp))])
    for i in range(n := hp.Int("recurrent", 1, 2)):
        model.add(L.LSTM(hp.Int(f"lstm_{i}", 16, 64, step=16), return_sequences=i + 1 < n or hp.Boolean("all_steps")))
    model.add(L.Dropout(hp.Float("dropout", 0.0, 0.5, step=0.1)))
    model.add(L.Dense(4, activation="softmax"))
    model.compile(optimizer=hp.Choice("optimizer", ["adam", "sgd", "rmsprop"]), loss="categorical_crossentropy")
    return model
