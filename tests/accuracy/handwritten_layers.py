"""Uses of layers that generated programs do not reach: custom, recurrent, preprocessing, attention, raw operations."""

from __future__ import annotations

from .handwritten import program

CASES = {
    "custom layer with a state that counts calls": program(
        """
class Count(layers.Layer):
    made = 0
    def __init__(self):
        super().__init__()
        Count.made += 1
        self.width = Count.made
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.width))
    def call(self, x):
        return ops.matmul(x, self.w)
def build(hp):
    Count.made = 0
    x = inputs = keras.Input((8,))
    x = Count()(Count()(x))
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer whose call only fails in training": program(
        """
class Picky(layers.Layer):
    def call(self, x, training=False):
        if training:
            return ops.matmul(x, ops.ones((3, 3)))
        return x
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Picky()(x)))
    model.compile(loss="mse")
    return model
""",
    ),
    "custom layer that wraps a layer that only fails in training": program(
        """
class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.drop = layers.AlphaDropout(1)
    def call(self, x):
        return self.drop(x)
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Block()(x)))
    model.compile(loss="mse")
    return model
""",
    ),
    "custom layer that promises a wrong shape": program(
        """
class Wrong(layers.Layer):
    def call(self, x):
        return ops.concatenate([x, x], axis=-1)
    def compute_output_shape(self, shape):
        return shape
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Wrong()(x)))
    model.compile(loss="mse")
    return model
""",
    ),
    "custom layer that promises a shape and holds layers without a build": program(
        """
class Held(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(5)
    def call(self, x):
        return self.dense(x)
    def compute_output_shape(self, shape):
        return (*shape[:-1], 5)
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Held()(x)))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer that promises a shape and leaves its layers unbuilt": program(
        """
class Squeeze(layers.Layer):
    def build(self, shape):
        self.dense = layers.Dense(shape[-1] // 2)
        self.back = layers.Dense(shape[-1])
        super().build(shape)
    def call(self, x):
        return x * self.back(self.dense(x))
    def compute_output_shape(self, shape):
        return shape
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Squeeze()(x)))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer that promises a shape and fails in its call": program(
        """
class Bad(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(5)
    def call(self, x):
        return self.dense(x) + x
    def compute_output_shape(self, shape):
        return shape
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Bad()(x)))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer that promises the shapes of several inputs": program(
        """
class Merge(layers.Layer):
    def build(self, a_shape, b_shape):
        self.kernel = self.add_weight(shape=(b_shape[-1], a_shape[-1]))
    def call(self, a, b):
        return a + ops.matmul(b, self.kernel)
    def compute_output_shape(self, a_shape, b_shape):
        return a_shape
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Merge()(x, layers.Dense(3)(x))))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer that promises a list and is given one": program(
        """
class Pair(layers.Layer):
    def call(self, inputs):
        a, b = inputs
        return [a + 1, ops.concatenate([a, b], axis=-1)]
    def compute_output_shape(self, shapes):
        (n, a), (_, b) = shapes
        return [(n, a), [n, a + b]]
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(layers.concatenate(Pair()([x, layers.Dense(3)(x)]))))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer that promises a float and gives a whole number": program(
        """
class Top(layers.Layer):
    def call(self, x):
        return ops.argmax(x, axis=-1, keepdims=True)
    def compute_output_shape(self, shape):
        return (shape[0], 1)
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Top()(x)))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer that promises a shape of another rank of list": program(
        """
class Odd(layers.Layer):
    def call(self, x):
        return x
    def compute_output_shape(self, shape):
        return list(shape)
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Odd()(x)))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer whose promise raises": program(
        """
class Refuses(layers.Layer):
    def call(self, x):
        return x
    def compute_output_shape(self, shape):
        if shape[-1] % 3:
            raise ValueError(f"{shape[-1]} channels are no multiple of 3")
        return shape
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Refuses()(x)))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer that builds its layers itself": program(
        """
class Built(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense, self.norm = layers.Dense(6), layers.LayerNormalization()
    def build(self, shape):
        self.dense.build(shape)
        shape = self.dense.compute_output_shape(shape)
        self.norm.build(shape)
        super().build(shape)
    def call(self, x):
        return self.norm(self.dense(x))
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Built()(x)))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer that builds a layer on a shape that is refused": program(
        """
class Refused(layers.Layer):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv1D(6, 9)
    def build(self, shape):
        self.conv.build((shape[0], shape[1], 1))
        super().build(shape)
    def call(self, x):
        return self.conv(x[..., None])
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Refused()(x)))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer that promises a shape inside of another": program(
        """
class Inner(layers.Layer):
    def call(self, x):
        return x[:, :4]
    def compute_output_shape(self, shape):
        return shape
class Outer(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = Inner()
    def call(self, x):
        return self.inner(x)
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Outer()(x)))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer that promises a shape and is given a mask": program(
        """
class Masked(layers.Layer):
    def __init__(self):
        super().__init__()
        self.supports_masking = True
    def call(self, x, mask=None):
        if mask is not None:
            return x[:, :3]
        return x
    def compute_output_shape(self, shape):
        return shape
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(layers.LSTM(2)(Masked()(layers.Embedding(9, 4, mask_zero=True)(x)))))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer that is given a mask and does something else with it": program(
        """
class Masks(layers.Layer):
    def __init__(self):
        super().__init__()
        self.supports_masking = True
    def call(self, x, mask=None):
        if mask is not None:
            return ops.matmul(x, ops.ones((7, 7)))
        return x
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(layers.LSTM(2)(Masks()(layers.Embedding(9, 4, mask_zero=True)(x)))))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer without super().__init__": program(
        """
class Bad(layers.Layer):
    def __init__(self):
        self.n = 3
    def call(self, x):
        return x
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, Bad()(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "custom layer that reads a global": program(
        """
WIDTH = 4
class Wide(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], WIDTH))
    def call(self, x):
        return ops.matmul(x, self.w)
def build(hp):
    global WIDTH
    WIDTH = hp.Int("width", 3, 9)
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Reshape((3, 1))(Wide()(x)))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer derived from Dense": program(
        """
class Twice(layers.Dense):
    def call(self, x):
        return super().call(x) * 2
def build(hp):
    model = keras.Sequential([keras.Input((8,)), Twice(4), Twice(2)])
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "custom layer with several inputs and outputs": program(
        """
class Swap(layers.Layer):
    def call(self, a, b):
        return b, a + 1
def build(hp):
    a, b = keras.Input((8,)), keras.Input((3,))
    c, d = Swap()(a, b)
    model = keras.Model([a, b], [layers.Dense(2)(c), layers.Dense(2)(d)])
    model.compile(loss="mse")
    return model
""",
    ),
    "custom recurrent cell": program(
        """
class Cell(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units
        self.state_size = units
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units))
        self.u = self.add_weight(shape=(self.units, self.units))
    def call(self, x, states):
        h = ops.matmul(x, self.w) + ops.matmul(states[0], self.u)
        return h, [h]
def build(hp):
    x = inputs = keras.Input((5, 8))
    model = keras.Model(inputs, layers.Dense(1)(layers.RNN([Cell(4), Cell(3)])(x)))
    model.compile(loss="mse")
    return model
""",
        (5, 8),
    ),
    "stateful recurrent layer with a batch shape": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input(batch_shape=(4, 5, 8)), layers.LSTM(3, stateful=True), layers.Dense(1)])
    model.compile(loss="mse")
    return model
""",
    ),
    "stateful recurrent layer without a batch size": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((5, 8)), layers.LSTM(3, stateful=True), layers.Dense(1)])
    model.compile(loss="mse")
    return model
""",
    ),
    "encoder and decoder that share states": program(
        """
def build(hp):
    a, b = keras.Input((None, 6)), keras.Input((None, 7))
    _, h, c = layers.LSTM(5, return_state=True)(a)
    x = layers.LSTM(5, return_sequences=True)(b, initial_state=[h, c])
    model = keras.Model([a, b], layers.TimeDistributed(layers.Dense(3, activation="softmax"))(x))
    model.compile(loss="categorical_crossentropy", metrics=["accuracy"])
    return model
""",
    ),
    "bidirectional states": program(
        """
def build(hp):
    x = inputs = keras.Input((9, 6))
    x, fh, fc, bh, bc = layers.Bidirectional(layers.LSTM(5, return_sequences=True, return_state=True))(x)
    h = layers.Concatenate()([fh, bh])
    model = keras.Model(inputs, layers.Dense(2)(h))
    model.compile(loss="mse")
    return model
""",
        (9, 6),
    ),
    "bidirectional layers that both keep the sequence's end only": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((9, 6))])
    model.add(layers.Bidirectional(layers.LSTM(5)))
    model.add(layers.Bidirectional(layers.LSTM(5)))
    model.compile(loss="mse")
    return model
""",
    ),
    "bidirectional with a backward layer of another width": program(
        """
def build(hp):
    x = inputs = keras.Input((9, 6))
    x = layers.Bidirectional(layers.LSTM(5), backward_layer=layers.GRU(4, go_backwards=True), merge_mode="sum")(x)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
    ),
    "time distributed convolutions before a recurrent layer": program(
        """
def build(hp):
    x = inputs = keras.Input((4, 12, 12, 1))
    x = layers.TimeDistributed(layers.Conv2D(4, hp.Choice("k", [3, 5])))(x)
    x = layers.TimeDistributed(layers.MaxPooling2D(2))(x)
    x = layers.TimeDistributed(layers.Flatten())(x)
    model = keras.Model(inputs, layers.Dense(1)(layers.LSTM(3)(x)))
    model.compile(loss="mse")
    return model
""",
        (4, 12, 12, 1),
    ),
    "time distributed model": program(
        """
def build(hp):
    frame = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.GlobalMaxPooling2D()])
    x = inputs = keras.Input((4, 8, 8, 1))
    x = layers.TimeDistributed(frame)(x)
    model = keras.Model(inputs, layers.GRU(2)(x))
    model.compile(loss="mse")
    return model
""",
        (4, 8, 8, 1),
    ),
    "time distributed layer on too few axes": program(
        """
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.TimeDistributed(layers.Dense(2))(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "convolutional recurrent network": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((3, 8, 8, 2)),
        layers.ConvLSTM2D(4, 3, return_sequences=True, padding="same"), layers.BatchNormalization(),
        layers.ConvLSTM2D(2, 3), layers.Flatten(), layers.Dense(1)])
    model.compile(loss="mse")
    return model
""",
        (3, 8, 8, 2),
    ),
    "convolutional recurrent network on too few axes": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((8, 8, 2)), layers.ConvLSTM2D(4, 3), layers.Flatten()])
    model.compile(loss="mse")
    return model
""",
    ),
    "mask that reaches the loss": program(
        """
def build(hp):
    x = inputs = keras.Input((6, 3))
    x = layers.LSTM(4, return_sequences=True)(layers.Masking()(x))
    model = keras.Model(inputs, layers.TimeDistributed(layers.Dense(1))(x))
    model.compile(loss="mse", metrics=["mae"])
    return model
""",
        (6, 3),
        (6, 1),
    ),
    "mask of a wrong length": program(
        """
def build(hp):
    x = inputs = keras.Input((6, 3))
    mask = keras.Input((5,), dtype="bool")
    model = keras.Model([inputs, mask], layers.LSTM(4)(x, mask=mask))
    model.compile(loss="mse")
    return model
""",
    ),
    "mask that is computed": program(
        """
def build(hp):
    x = inputs = keras.Input((6,), dtype="int32")
    mask = ops.not_equal(inputs, 0)
    x = layers.Embedding(10, 4)(x)
    x = layers.GRU(3)(x, mask=mask)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
    ),
    "attention over another sequence": program(
        """
def build(hp):
    a, b = keras.Input((6, 8)), keras.Input((9, 8))
    x = layers.MultiHeadAttention(2, 4, value_dim=3)(a, b)
    x, scores = layers.MultiHeadAttention(hp.Int("heads", 1, 3), 5)(x, b, return_attention_scores=True)
    model = keras.Model([a, b], [x, scores])
    model.compile(loss="mse")
    return model
""",
    ),
    "attention with a mask that does not fit": program(
        """
def build(hp):
    a, mask = keras.Input((6, 8)), keras.Input((7, 6), dtype="bool")
    x = layers.MultiHeadAttention(2, 4)(a, a, attention_mask=mask)
    model = keras.Model([a, mask], x)
    model.compile(loss="mse")
    return model
""",
    ),
    "attention over images": program(
        """
def build(hp):
    x = inputs = keras.Input((4, 5, 8))
    x = layers.MultiHeadAttention(2, 4, attention_axes=(1, 2))(x, x)
    model = keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))
    model.compile(loss="mse")
    return model
""",
        (4, 5, 8),
    ),
    "transformer block with positions": program(
        """
class Positions(layers.Layer):
    def __init__(self, length, vocabulary, width):
        super().__init__()
        self.tokens = layers.Embedding(vocabulary, width)
        self.places = layers.Embedding(length, width)
    def call(self, x):
        return self.tokens(x) + self.places(ops.arange(0, ops.shape(x)[-1]))
def build(hp):
    width = hp.Choice("width", [8, 12])
    x = inputs = keras.Input((10,), dtype="int32")
    x = Positions(10, 50, width)(x)
    y = layers.MultiHeadAttention(hp.Int("heads", 1, 4), width)(x, x)
    x = layers.LayerNormalization()(x + layers.Dropout(0.1)(y))
    y = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(width)])(x)
    x = layers.LayerNormalization()(x + y)
    model = keras.Model(inputs, layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling1D()(x)))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
""",
    ),
    "patches of an image": program(
        """
def build(hp):
    size = hp.Choice("patch", [4, 5])
    x = inputs = keras.Input((16, 16, 3))
    x = ops.image.extract_patches(x, size)
    x = layers.Reshape((-1, x.shape[-1]))(x)
    model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(layers.Dense(8)(x))))
    model.compile(loss="mse")
    return model
""",
        (16, 16, 3),
    ),
    "text vectorization with a vocabulary": program(
        """
def build(hp):
    vectorize = layers.TextVectorization(max_tokens=20, output_sequence_length=6, vocabulary=["a", "b", "c"])
    inputs = keras.Input((), dtype="string")
    x = layers.Embedding(vectorize.vocabulary_size(), 4)(vectorize(inputs))
    model = keras.Model(inputs, layers.Dense(1)(layers.GlobalAveragePooling1D()(x)))
    model.compile(loss="mse")
    return model
""",
    ),
    "text vectorization adapted in the builder": program(
        """
def build(hp):
    vectorize = layers.TextVectorization(output_mode="tf_idf")
    vectorize.adapt(["a b c", "b c d"])
    inputs = keras.Input((1,), dtype="string")
    x = layers.Dense(2)(vectorize(inputs))
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
    ),
    "string lookup, one hot": program(
        """
def build(hp):
    inputs = keras.Input((1,), dtype="string")
    x = layers.StringLookup(vocabulary=["a", "b"], output_mode="one_hot")(inputs)
    model = keras.Model(inputs, layers.Dense(2)(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "string lookup without a vocabulary": program(
        """
def build(hp):
    inputs = keras.Input((1,), dtype="string")
    x = layers.StringLookup(output_mode="one_hot")(inputs)
    model = keras.Model(inputs, layers.Dense(2)(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "lookup, encoding and crossing": program(
        """
def build(hp):
    a, b = keras.Input((1,), dtype="int32"), keras.Input((1,), dtype="int32")
    x = layers.IntegerLookup(vocabulary=[3, 4, 5], output_mode="multi_hot")(a)
    y = layers.CategoryEncoding(num_tokens=7, output_mode="one_hot")(b)
    z = layers.Hashing(num_bins=5, output_mode="one_hot")(a)
    model = keras.Model([a, b], layers.Dense(1)(layers.Concatenate()([x, y, z])))
    model.compile(loss="mse")
    return model
""",
    ),
    "discretization adapted in the builder": program(
        """
import numpy as np
def build(hp):
    bins = layers.Discretization(num_bins=4)
    bins.adapt(np.arange(20.0))
    x = inputs = keras.Input((3,))
    model = keras.Model(inputs, layers.Flatten()(layers.Embedding(5, 2)(bins(x))))
    model.compile(loss="mse")
    return model
""",
        (3,),
    ),
    "normalization adapted to another width": program(
        """
import numpy as np
def build(hp):
    normalization = layers.Normalization()
    normalization.adapt(np.arange(40.0).reshape(10, 4))
    model = keras.Sequential([keras.Input((5,)), normalization, layers.Dense(3)])
    model.compile(loss="mse")
    return model
""",
    ),
    "normalization made from values": program(
        """
import numpy as np
def build(hp):
    model = keras.Sequential([keras.Input((3,)), layers.Normalization(mean=np.arange(3.0), variance=np.ones(3))])
    model.add(layers.Dense(1))
    model.compile(loss="mse")
    return model
""",
        (3,),
    ),
    "normalization that nobody adapted": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((3,)), layers.Normalization(), layers.Dense(1)])
    model.compile(loss="mse")
    return model
""",
    ),
    "embedding with weights": program(
        """
import numpy as np
def build(hp):
    table = np.ones((20, 6), "float32")
    x = inputs = keras.Input((5,), dtype="int32")
    x = layers.Embedding(20, 6, weights=[table], trainable=False)(x)
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
    model.compile(loss="mse")
    return model
""",
    ),
    "embedding with weights of another shape": program(
        """
import numpy as np
def build(hp):
    x = inputs = keras.Input((5,), dtype="int32")
    x = layers.Embedding(20, 6, weights=[np.ones((20, 5), "float32")])(x)
    model = keras.Model(inputs, layers.Flatten()(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "embedding with a constant initializer": program(
        """
import numpy as np
def build(hp):
    table = np.ones((20, 5), "float32")
    x = inputs = keras.Input((5,), dtype="int32")
    x = layers.Embedding(20, 6, embeddings_initializer=keras.initializers.Constant(table))(x)
    model = keras.Model(inputs, layers.Flatten()(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "regularizers, constraints and initializers as objects": program(
        """
from keras import constraints, initializers, regularizers
def build(hp):
    model = keras.Sequential([keras.Input((8, 8, 3)),
        layers.Conv2D(4, 3, kernel_regularizer=regularizers.OrthogonalRegularizer(), kernel_constraint=constraints.MaxNorm(2)),
        layers.Flatten(),
        layers.Dense(5, kernel_initializer=initializers.VarianceScaling(2.0), bias_constraint=constraints.NonNeg(),
            activity_regularizer=regularizers.L1L2(0.1, 0.2), kernel_regularizer=regularizers.L2(hp.Float("l2", 1e-4, 1e-1)))])
    model.compile(loss="mse")
    return model
""",
        (8, 8, 3),
    ),
    "regularizer of the user's own that fails": program(
        """
def mine(weight):
    return ops.sum(ops.matmul(weight, weight))
def build(hp):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(5, kernel_regularizer=mine)])
    model.compile(loss="mse")
    return model
""",
    ),
    "initializer of the user's own with a wrong shape": program(
        """
def mine(shape, dtype=None):
    return ops.ones((3, 3))
def build(hp):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(5, kernel_initializer=mine)])
    model.compile(loss="mse")
    return model
""",
    ),
    "constraint that fails on a vector": program(
        """
class Rows(keras.constraints.Constraint):
    def __call__(self, w):
        return w / ops.norm(w, axis=1, keepdims=True)
def build(hp):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(5, bias_constraint=Rows())])
    model.compile(loss="mse")
    return model
""",
    ),
    "orthogonal regularizer on a convolution": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(5, 3, kernel_regularizer="orthogonal_regularizer")])
    model.compile(loss="mse")
    return model
""",
    ),
    "lambda that closes over a loop variable": program(
        """
def build(hp):
    x = inputs = keras.Input((8, 4))
    parts = [layers.Lambda(lambda t: t[:, i])(x) for i in range(hp.Int("parts", 2, 9))]
    model = keras.Model(inputs, layers.Concatenate()(parts))
    model.compile(loss="mse")
    return model
""",
        (8, 4),
    ),
    "lambda with an index out of range": program(
        """
def build(hp):
    x = inputs = keras.Input((3, 4))
    model = keras.Model(inputs, layers.Lambda(lambda t: t[:, 5])(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "slices of symbolic tensors": program(
        """
def build(hp):
    x = inputs = keras.Input((8, 4))
    a, b = x[:, :3], x[:, 3:, 1:]
    y = layers.Concatenate()([layers.Flatten()(a), layers.Flatten()(b)])
    y = y[..., None] * 2 - 1
    model = keras.Model(inputs, ops.squeeze(y, -1) ** 2 / 3)
    model.compile(loss="mse")
    return model
""",
        (8, 4),
    ),
    "slice out of range": program(
        """
def build(hp):
    x = inputs = keras.Input((8, 4))
    model = keras.Model(inputs, x[:, 9])
    model.compile(loss="mse")
    return model
""",
    ),
    "too many indices": program(
        """
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, x[:, 0, 0])
    model.compile(loss="mse")
    return model
""",
    ),
    "operations of many kinds": program(
        """
def build(hp):
    x = inputs = keras.Input((6, 4))
    y = ops.transpose(x, (0, 2, 1))
    z = ops.matmul(x, y)
    z = ops.softmax(z / ops.sqrt(4.0))
    z = ops.einsum("bij,bjk->bik", z, x)
    z = ops.stack([z, x], axis=1)
    z = ops.max(z, axis=1) + ops.expand_dims(ops.mean(x, axis=1), 1)
    z = ops.pad(z, ((0, 0), (1, 1), (0, 0)))
    z = ops.split(z, 2, axis=1)[0]
    z = ops.where(z > 0, z, ops.zeros_like(z))
    model = keras.Model(inputs, ops.reshape(z, (-1, 16)))
    model.compile(loss="mse")
    return model
""",
        (6, 4),
    ),
    "operation that refuses its operands": program(
        """
def build(hp):
    x = inputs = keras.Input((6, 4))
    model = keras.Model(inputs, ops.matmul(x, x))
    model.compile(loss="mse")
    return model
""",
    ),
    "broadcast that does not fit": program(
        """
def build(hp):
    x = inputs = keras.Input((6, 4))
    model = keras.Model(inputs, x * ops.ones((6, 3)))
    model.compile(loss="mse")
    return model
""",
    ),
    "split into unequal parts": program(
        """
def build(hp):
    x = inputs = keras.Input((10,))
    parts = ops.split(x, hp.Choice("parts", [3, 5]), axis=1)
    model = keras.Model(inputs, parts[0])
    model.compile(loss="mse")
    return model
""",
    ),
    "reshape that depends on the batch": program(
        """
class Fold(layers.Layer):
    def call(self, x):
        return ops.reshape(x, (ops.shape(x)[0] * 2, 4))
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, ops.reshape(Fold()(x), (-1, 8)))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "tensor that joins the batch": program(
        """
def build(hp):
    x = inputs = keras.Input((8,))
    y = ops.concatenate([x, ops.ones((4, 8))], axis=1)
    model = keras.Model(inputs, layers.Dense(2)(y))
    model.compile(loss="mse")
    return model
""",
    ),
    "python value of a symbolic tensor": program(
        """
def build(hp):
    x = inputs = keras.Input((8,))
    if x > 0:
        x = layers.Dense(2)(x)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
    ),
    "numpy on a symbolic tensor": program(
        """
import numpy as np
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, np.mean(x, axis=1))
    model.compile(loss="mse")
    return model
""",
    ),
    "tensorflow operation inside a layer": program(
        """
import tensorflow as tf
class Mine(layers.Layer):
    def call(self, x):
        return tf.reduce_mean(tf.reshape(x, (-1, 4, 2)), axis=2)
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(2)(Mine()(x)))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "tensorflow operation in a lambda that does not fit": program(
        """
import tensorflow as tf
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Lambda(lambda t: tf.reshape(t, (-1, 3, 3)))(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "alpha dropout that drops all": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((8,)), layers.AlphaDropout(1), layers.Dense(3)])
    model.compile(loss="mse")
    return model
""",
        (8,),
        (3,),
    ),
    "dropout with a noise shape that does not fit": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((8, 4)), layers.Dropout(0.5, noise_shape=(None, 3, 1)), layers.Dense(3)])
    model.compile(loss="mse")
    return model
""",
    ),
    "dropout with a noise shape that fits": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((8, 4)), layers.Dropout(0.5, noise_shape=(None, 1, 4)), layers.Dense(3)])
    model.compile(loss="mse")
    return model
""",
    ),
    "layers of several dtypes": program(
        """
def build(hp):
    x = inputs = keras.Input((8,), dtype="float64")
    x = layers.Dense(4, dtype="float64")(x)
    x = layers.Dense(4, dtype="mixed_float16")(x)
    x = layers.Dense(2, dtype=keras.DTypePolicy("float32"))(x)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
    ),
    "convolutions with channels first": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((3, 16, 16)),
        layers.Conv2D(4, 3, data_format="channels_first"), layers.MaxPooling2D(2, data_format="channels_first"),
        layers.BatchNormalization(axis=1), layers.Flatten(), layers.Dense(2)])
    model.compile(loss="mse")
    return model
""",
        (3, 16, 16),
    ),
    "open image sizes": program(
        """
def build(hp):
    x = inputs = keras.Input((None, None, 3))
    a = layers.Conv2D(4, 3, strides=2, padding="same")(x)
    a = layers.UpSampling2D()(a)
    b = layers.Conv2D(4, 1)(x)
    model = keras.Model(inputs, layers.GlobalAveragePooling2D()(layers.Add()([a, b])))
    model.compile(loss="mse")
    return model
""",
        (16, 16, 3),
    ),
    "open image sizes that odd data do not fit": program(
        """
def build(hp):
    x = inputs = keras.Input((None, None, 3))
    a = layers.UpSampling2D()(layers.MaxPooling2D()(x))
    model = keras.Model(inputs, layers.Add()([a, x]))
    model.compile(loss="mse")
    return model
""",
        (15, 15, 3),
    ),
    "open sequence before a flattening": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((None, 3)), layers.Conv1D(4, 3), layers.Flatten(), layers.Dense(2)])
    model.compile(loss="mse")
    return model
""",
        (9, 3),
    ),
    "spectral normalization around a convolution": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((8, 8, 3)), layers.SpectralNormalization(layers.Conv2D(4, 3)), layers.Flatten()])
    model.compile(loss="mse")
    return model
""",
        (8, 8, 3),
    ),
    "functional forms of merging layers": program(
        """
def build(hp):
    a, b = keras.Input((6,)), keras.Input((6,))
    x = layers.concatenate([layers.add([a, b]), layers.multiply([a, b]), layers.subtract([a, b])])
    x = layers.concatenate([x, layers.maximum([a, b]), layers.minimum([a, b]), layers.average([a, b]), layers.dot([a, b], 1)])
    model = keras.Model([a, b], layers.Dense(1)(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "layers with arguments of Keras 2": program(
        """
def build(hp):
    model = keras.Sequential()
    model.add(layers.Dense(8, input_shape=(4,)))
    model.add(layers.Dense(8, input_dim=8))
    model.add(layers.LeakyReLU(alpha=0.2))
    model.compile(loss="mse")
    return model
""",
    ),
    "embedding with an input length": program(
        """
def build(hp):
    model = keras.Sequential([layers.Embedding(10, 4, input_length=6), layers.Flatten(), layers.Dense(1)])
    model.compile(loss="mse")
    return model
""",
        (6,),
    ),
    "flattening an image that a dense layer expects": program(
        """
def build(hp):
    model = keras.Sequential([layers.Flatten(input_shape=(28, 28)), layers.Dense(8), layers.Reshape((2, 4))])
    model.add(layers.LSTM(3))
    model.compile(loss="mse")
    return model
""",
        (28, 28),
    ),
    "pipeline and augmentation layers": program(
        """
def build(hp):
    augment = layers.Pipeline([layers.RandomFlip(), layers.RandomBrightness(0.2), layers.RandomCrop(12, 12)])
    x = inputs = keras.Input((16, 16, 3))
    x = layers.Conv2D(4, 3)(augment(x))
    model = keras.Model(inputs, layers.GlobalAveragePooling2D()(x))
    model.compile(loss="mse")
    return model
""",
        (16, 16, 3),
    ),
    "one activation of several layers": program(
        """
def build(hp):
    model, act = keras.Sequential([keras.Input((6,))]), layers.LeakyReLU(alpha=0.2)
    for units in (8, 4):
        model.add(layers.Dense(units, activation=act))
    model.add(act)
    model.add(layers.Dense(1))
    model.compile(loss="mse")
    return model
""",
        (6,),
    ),
    "one activation with weights of several layers": program(
        """
def build(hp):
    model, act = keras.Sequential([keras.Input((6,))]), layers.PReLU()
    for units in (8, 4):
        model.add(layers.Dense(units, activation=act))
    model.add(layers.Dense(1))
    model.compile(loss="mse")
    return model
""",
        (6,),
    ),
}
