import keras_tuner as kt
import tensorflow as tf
from data_processing import process_data
from sklearn.model_selection import train_test_split
from tensorflow.keras.optimizers import Adam
from keras.models import Sequential
from keras.layers import Dropout, UpSampling2D, Input, Conv2D, Conv2DTranspose, MaxPooling2D, BatchNormalization
import segmentation_models as sm

images, labels = process_data("x")
X_train, X_test, y_train, y_test = train_test_split(images, labels, test_size=0.2, random_state=1)
total = 0.5 * sm.losses.JaccardLoss() + 0.5 * sm.losses.BinaryFocalLoss()
metrics = [sm.metrics.IOUScore(threshold=0.5)]
input_shape = X_train.shape[1:]


def create_model(hp, input_shape=input_shape):
    model = Sequential()
    model.add(Input(shape=input_shape))
    model.add(BatchNormalization(input_shape=input_shape))
    for i in range(hp.Int("blocks", 3, 5)):
        model.add(Conv2D(hp.Int(f"filters_{i}", 8, 64), 3, padding="same"))
        model.add(MaxPooling2D((2, 2)))
    for i in range(3):
        model.add(UpSampling2D(size=(2, 2)))
    model.add(Conv2DTranspose(1, 3, padding="same", activation="sigmoid"))
    model.compile(Adam(1e-3), loss=total, metrics=metrics)
    return model


tuner = kt.RandomSearch(create_model, "val_loss", max_trials=3, overwrite=True)
tuner.search(X_train, y_train, validation_data=(X_test, y_test))
