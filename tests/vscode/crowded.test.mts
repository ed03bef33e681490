import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Editor, PATIENCE_MS, THEMES } from './editor.mts';

const TARGETS = 10;
const DECLARED = 20;

/** Ten search spaces, each with a failure of its own and twenty values that nothing reads. */
function crowded(): string {
  const targets = Array.from({ length: TARGETS }, (_, number) => [
    `def build_${number}(hp):`,
    '    model = keras.Sequential([keras.Input((12, 12, 1))])',
    `    model.add(layers.Conv2D(8, hp.Int("kernel_${number}", 3, 15, step=2)))`,
    '    model.add(layers.Flatten())',
    ...Array.from({ length: DECLARED }, (_, index) => `    hp.Int("unused_${number}_${index}", 1, 4)`),
    '    model.compile(loss="mse")',
    '    return model',
    '',
    '',
  ]);
  return ['import keras', 'from keras import layers', '', '', ...targets.flat()].join('\n');
}

test('ten search spaces and hundreds of findings in a narrow window', { timeout: 4 * PATIENCE_MS }, async () => {
  const settings = { 'workbench.colorTheme': THEMES.light, 'editor.minimap.enabled': false };
  const editor = await Editor.open({ example: 'crowded.py', text: crowded(), trusted: true, settings });
  try {
    await editor.page.setViewportSize({ width: 600, height: 900 });
    await editor.squigglesThat((all) => all.some(({ severity }) => severity === 'error'));
    const lenses = await editor.lensesThat((all) => all.some((text) => /✗ .*fails/.test(text) && !text.includes('Stop')));
    await editor.screenshot('crowded-narrow');
    assert.match(lenses[0] ?? '', /^✗ \d+ % fails/);
    await editor.page.setViewportSize({ width: 1280, height: 900 });
    await editor.run('View: Toggle Problems');
    await editor.page.locator('.markers-panel .monaco-list-row').first().waitFor();
    await editor.screenshot('crowded-problems');
  } finally {
    await editor.close();
  }
});
