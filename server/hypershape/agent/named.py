"""Names of parts of Keras on which verdicts rest: the only lists of them, each name with its reason.

All else is found out while it runs. Only classes of Keras itself are meant, whatever the user's are called.
"""

TRUSTED_TO_TRAIN = frozenset(
    (
        "Activation", "Add", "Average", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
        "BatchNormalization", "Conv1D", "Conv2D", "Conv2DTranspose", "Conv3D", "ConvLSTM1D", "ConvLSTM2D", "Cropping2D",
        "Dense", "DepthwiseConv2D", "Dropout", "Flatten", "GRU", "GlobalAveragePooling1D",
        "GlobalAveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D", "Identity",
        "InputLayer", "LSTM", "LeakyReLU", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
        "Multiply", "ReLU", "RepeatVector", "Reshape", "SeparableConv2D", "SimpleRNN",
        "SpatialDropout1D", "SpatialDropout2D",
    )
)  # fmt: skip
"""Layers that train on every floating input that their build accepts. Others are traced until that is known of them;
these are what most models are made of, and the suite traces each of them in the place of the probes."""

TRUSTED_IF_THEIR_LAYERS_ARE = (
    "Bidirectional",  # calls its layer twice
    "TimeDistributed",  # calls its layer once for all steps
)

TAKE_ANY_MASK = (
    # The mask is read step by step, beside the input that it came with; the suite draws masks for them.
    "GRU",
    "LSTM",
    "SimpleRNN",
)

TAKE_SEVERAL = (
    # Trusted layers that are given more than one tensor, all of which their formula compares.
    "Add",
    "Average",
    "Multiply",
)

ASK_THEIR_KERNEL = (
    "MelSpectrogram",  # its kernel refuses a padding that is longer than the signal
    "STFTSpectrogram",  # the same
    "Take",  # its kernel refuses a place beyond the axis
    "TakeAlongAxis",  # the same
)
"""Layers and operations whose kernels check, once they run, what no shape function knows."""

TAKE_WEIGHTS_OF_EVERY_SHAPE = (
    # Regularizers: sums over all numbers.
    "L1",
    "L2",
    "L1L2",
    # Constraints: they clip numbers, or divide by norms along axes that are checked when they are made.
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
)

DROPPING_A_SHARE = (
    # All rates between 0 and 1 build and train alike, so that they are one argument.
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "GaussianDropout",
    "AlphaDropout",
)

NEVER_REMEMBERED = (
    "HashedCrossing",  # takes what is no tensor, and does TensorFlow's own operations on it
    "Hashing",  # the same
    "JaxLayer",  # runs a function of another framework
    "FlaxLayer",  # the same
    "TorchModuleWrapper",  # the same
    "TFSMLayer",  # reads a file
    "Wrapper",  # has no call of its own
    "Pipeline",  # calls a list of layers, of which some draw what they do
    "RandomErasing",  # draws what it erases, from images whose sizes it asks for
)
"""Layers of Keras whose shapes may depend on more than their plain arguments. Those that look words up tell
it by their method `get_vocabulary`."""
