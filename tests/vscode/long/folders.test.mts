import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Editor, PATIENCE_MS } from '../editor.mts';

test('a folder whose search spaces are probed on request alone has them probed on request', { timeout: 5 * PATIENCE_MS }, async () => {
  const failing = (all: { severity: string }[]): boolean => all.some(({ severity }) => severity === 'error');
  const second = { 'hypershape.run': 'manual', 'hypershape.inlayHints.enabled': 'off' };
  const editor = await Editor.open({ example: 'cnn_depth.py', trusted: true, twice: true, second });
  try {
    await editor.squigglesThat(failing);
    await editor.hintsThat((all) => all.length > 0);

    await editor.show(editor.second);
    await editor.lensesThat((all) => all.some((text) => /not probed.*Probe/s.test(text)));
    await editor.screenshot('second-folder-waits');
    assert.equal(await editor.agents('second'), 0);
    assert.ok(!failing(await editor.squiggles()));

    await editor.clickLens(/Probe/);
    await editor.squigglesThat(failing);
    await editor.screenshot('second-folder-asked');
    assert.ok((await editor.agents('second')) > 0);
    assert.deepEqual(await editor.hintsThat(() => true), []);
  } finally {
    await editor.close();
  }
});
