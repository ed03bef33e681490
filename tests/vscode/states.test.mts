import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Editor, PATIENCE_MS } from './editor.mts';

test('a server that ends again and again is given up with a word, and started again on request', { timeout: 6 * PATIENCE_MS }, async () => {
  const editor = await Editor.open({ example: 'cnn_depth.py', trusted: true, width: 600 });
  try {
    const failing = (all: { severity: string }[]): boolean => all.some(({ severity }) => severity === 'error');
    await editor.squigglesThat(failing);
    await editor.screenshot('narrow');
    for (let times = 0; times < 3; times += 1) {
      await editor.endServer();
      if (times === 0) {
        await editor.squigglesThat(failing);
      }
    }
    const told = editor.page.locator('.notification-toast').filter({ hasText: /ended three times/ });
    await told.first().waitFor({ timeout: PATIENCE_MS });
    await editor.screenshot('given-up');
    assert.equal(await editor.page.locator('.notification-toast').count(), 1);
    await editor.run('Hypershape: Apply All Verified Fixes');
    await editor.page.locator('.notification-toast').filter({ hasText: /has no fix here/ }).first().waitFor({ timeout: PATIENCE_MS });
    await told.first().getByRole('button', { name: 'Restart' }).click();
    await editor.squigglesThat(failing);
    await editor.screenshot('restarted');
    assert.equal(await told.count(), 0);
  } finally {
    await editor.close();
  }
});
