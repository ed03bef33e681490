import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Editor, PATIENCE_MS } from './editor.mts';

test('the code of a finding opens the page of its rule, which came with the extension', { timeout: 3 * PATIENCE_MS }, async () => {
  const editor = await Editor.open({ example: 'case3_choice.py', trusted: false });
  try {
    await editor.squigglesThat((all) => all.some(({ severity }) => severity === 'error'));
    const page = await editor.pageOfRule('hp.Choice("kernel_initializer"', 'glorot_uniform', 'HS101');
    await editor.screenshot('page-of-a-rule');
    assert.match(page, /HS101\schoice-refused/);
    assert.equal(await editor.page.locator('.monaco-dialog-box').count(), 0);
  } finally {
    await editor.close();
  }
});
