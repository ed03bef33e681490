import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Editor, PATIENCE_MS } from './editor.mts';

test('an interpreter without Keras is told once, with what helps', { timeout: 3 * PATIENCE_MS }, async () => {
  const settings = { 'hypershape.interpreter': '/usr/bin/python3' };
  const editor = await Editor.open({ example: 'cnn_depth.py', trusted: true, settings });
  try {
    const told = editor.page.locator('.notification-toast').filter({ hasText: /Hypershape: .*Keras/ });
    await told.first().waitFor({ timeout: PATIENCE_MS });
    await editor.screenshot('no-keras');
    for (const button of ['Select Interpreter', 'Install in Terminal', 'Show Log']) {
      assert.equal(await told.first().getByRole('button', { name: button }).count(), 1, button);
    }
    await told.first().getByRole('button', { name: 'Select Interpreter' }).click();
    const input = editor.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    assert.equal(await input.inputValue(), '/usr/bin/python3');
    await editor.page.keyboard.press('Escape');
    await editor.page.keyboard.press('Control+End');
    await editor.page.keyboard.type('# edited');
    await editor.statusThat(/Keras/);
    assert.equal(await told.count(), 0);
  } finally {
    await editor.close();
  }
});
