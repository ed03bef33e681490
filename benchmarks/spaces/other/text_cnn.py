from keras import Model, Input
from keras.layers import Embedding, Conv1D, GlobalMaxPooling1D, Concatenate, Dense, Dropout, MaxPooling1D, Reshape, Conv2D, MaxPool2D, Flatten


def build_model(hp):
    sequence_length = hp.Choice("sequence_length", [16, 32, 56])
    embedding_dim = hp.Choice("embedding_dim", [32, 50, 64])
    num_filters = hp.Int("num_filters", 16, 64, step=16)
    sizes = [int(s) for s in hp.Choice("filter_sizes", ["3,4,5", "2,3", "5,10,20", "1,2,3,4"]).split(",")]

    inputs = Input(shape=(sequence_length,), dtype="int32")
    embedding = Embedding(input_dim=2000, output_dim=embedding_dim)(inputs)
    reshape = Reshape((sequence_length, embedding_dim, 1))(embedding)
    pooled = []
    for size in sizes:
        conv = Conv2D(num_filters, kernel_size=(size, embedding_dim), padding="valid", activation="relu")(reshape)
        pooled.append(MaxPool2D(pool_size=(sequence_length - size + 1, 1), strides=(1, 1), padding="valid")(conv))
    x = Flatten()(Concatenate(axis=1)(pooled))
    x = Dropout(hp.Float("drop", 0.2, 0.6, step=0.2))(x)
    output = Dense(units=2, activation="softmax", kernel_initializer=hp.Choice("init", ["normal", "glorot_normal"]))(x)
    model = Model(inputs=inputs, outputs=output)
    model.compile(optimizer=hp.Choice("opt", ["adam", "rmsprop"]), loss="binary_crossentropy", metrics=["accuracy"])
    return model
