import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import { test } from 'node:test';
import { Editor, PATIENCE_MS, THEMES } from './editor.mts';

const LINE = 'layers.Conv2D(hp.Int(f"filters_{i}"';

test('a layer that runs out of pixels is underlined, explained and repaired', { timeout: 4 * PATIENCE_MS }, async () => {
  const settings = { 'workbench.colorTheme': THEMES.light };
  const editor = await Editor.open({ example: 'cnn_depth.py', trusted: true, settings });
  try {
    const before = await fs.readFile(editor.file, 'utf8');
    const squiggles = await editor.squigglesThat((all) => all.some(({ severity }) => severity === 'error'));
    await editor.screenshot('script-squiggle');
    const [error] = squiggles.filter(({ severity }) => severity === 'error');
    assert.match(error?.text ?? '', /^layers\.Conv2D\(.*, kernel, activation="relu"\)/);

    const hover = await editor.hover(LINE, 'Conv2D');
    await editor.screenshot('script-hover');
    await editor.picture('hover', 380);
    const table = await hover.locator('table').first().innerText();
    assert.match(table, /Conv2D/);
    assert.match(table, /\(None, \d+(–\d+)?, \d+(–\d+)?, 16–64\)/);
    assert.match(await hover.innerText(), /kernel.*blocks|blocks.*kernel/s);

    await editor.fix(LINE, 'Conv2D', /padding="same"/);
    await editor.save();
    assert.match(await editor.statusThat(/Hypershape: ready/), /Python 3\.\d+.*Keras \d.*Keras Tuner \d.* \(tensorflow on \w+/s);
    await editor.screenshot('script-status');
    await editor.squigglesThat((all) => all.every(({ severity }) => severity !== 'error'));
    await editor.screenshot('script-repaired');
    const after = await fs.readFile(editor.file, 'utf8');
    assert.equal(after.replace(', padding="same"', ''), before);
    assert.notEqual(after, before);
    assert.ok((await editor.agents()) > 0);
  } finally {
    await editor.close();
  }
});
