import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Editor, PATIENCE_MS } from './editor.mts';

test('in a notebook the failing layer is underlined and explained in its cell', { timeout: 3 * PATIENCE_MS }, async () => {
  const editor = await Editor.open({ example: 'cnn.ipynb', trusted: true });
  try {
    const squiggles = await editor.squigglesThat((all) => all.some(({ severity }) => severity === 'error'));
    await editor.screenshot('notebook-squiggle');
    const errors = squiggles.filter(({ severity }) => severity === 'error');
    assert.equal(errors.length, 1);
    assert.match(errors[0]?.text ?? '', /^layers\.Conv2D\(|^model\.add\(layers\.Conv2D\(/);

    const hover = await editor.hover('model.add(layers.Conv2D(', 'Conv2D');
    await editor.screenshot('notebook-hover');
    assert.match(await hover.locator('table').first().innerText(), /Conv2D[\s\S]*\(None, /);
  } finally {
    await editor.close();
  }
});
