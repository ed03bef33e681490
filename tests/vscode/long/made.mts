// Files that the long tests open, made anew for each of them.

import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';

/** The line that decides whether the last layer of `MODEL` has pixels left, up to what is typed there. */
export const KERNEL = 'kernel = hp.Int("kernel", 3, ';

export const MODEL = `import keras
from keras import layers


def build_model(hp):
    ${KERNEL}9, step=2)
    model = keras.Sequential([keras.Input((12, 12, 1))])
    model.add(layers.Conv2D(hp.Choice("filters", [8, 16]), kernel))
    model.add(layers.Conv2D(8, 5))
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    model.compile(optimizer="adam", loss="mse")
    return model
`;

const helper = (number: number): string => `def helper_${number}(a, b):\n    c = a + b\n    return c * ${number}\n`;

/** The model with so many lines of other code behind it. */
export function script(lines: number): string {
  let text = MODEL;
  for (let number = 0; text.split('\n').length < lines; number += 1) {
    text += `\n\n${helper(number)}`;
  }
  return text;
}

/** The model in the first of so many cells. */
export function notebook(cells: number): string {
  const code = (source: string): object => ({ cell_type: 'code', metadata: {}, source, outputs: [], execution_count: null });
  const all = Array.from({ length: cells }, (_, number) => code(number === 0 ? MODEL : helper(number)));
  return JSON.stringify({ cells: all, metadata: {}, nbformat: 4, nbformat_minor: 4 });
}

/** Writes a file into a folder of its own; gives its path. */
export async function written(name: string, text: string): Promise<string> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'hypershape-made-'));
  const file = path.join(folder, name);
  await fs.writeFile(file, text);
  return file;
}
