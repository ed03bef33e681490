import keras
from keras import layers


def tower(name, shape, hp, kind="dense"):
    inp = keras.Input(shape, name=name)
    x = inp
    for i in range(hp.Int(f"{name}_layers", 1, 2)):
        units = hp.Int(f"{name}_units_{i}", 8, 32, step=8)
        if kind == "dense":
            x = layers.Dense(units, activation="relu", name=f"{name}_dense_{i}")(x)
        else:
            x = layers.Conv1D(units, hp.Choice(f"{name}_kernel", [3, 7, 9]), strides=hp.Choice(f"{name}_stride", [1, 2, 3]), name=f"{name}_conv_{i}")(x)
    return inp, (x if kind == "dense" else layers.GlobalAveragePooling1D(name=f"{name}_gap")(x))


def build(hp):
    pairs = [tower("profile", (10,), hp), tower("history", (30, 4), hp, kind="conv")]
    if hp.Boolean("use_context"):
        pairs.append(tower("context", (6,), hp))
    merged = getattr(layers, hp.Choice("merge", ["concatenate", "add", "maximum"]))([x for _, x in pairs])
    heads = {"click": layers.Dense(1, activation="sigmoid", name="click")(merged), "spend": layers.Dense(1, name="spend")(merged)}
    model = keras.Model({inp.name: inp for inp, _ in pairs}, heads)
    model.compile("adam", {"click": "binary_crossentropy", "spend": "mae"}, metrics={"click": ["accuracy"]})
    return model
