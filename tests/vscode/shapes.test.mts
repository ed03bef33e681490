import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Editor, PATIENCE_MS, THEMES } from './editor.mts';

for (const [name, theme] of Object.entries(THEMES)) {
  test(`lines end in shapes under a lens with the verdict, in a ${name} theme`, { timeout: 3 * PATIENCE_MS }, async () => {
    const settings = { 'workbench.colorTheme': theme };
    const editor = await Editor.open({ example: 'cnn_depth.py', trusted: true, settings });
    try {
      const hints = await editor.hintsThat((all) => all.some((text) => text.includes('✗')) && all.length >= 4);
      const [verdict] = await editor.lensesThat((all) => all.some((text) => /✗ .* fails/.test(text) && !text.includes('Stop')));
      await editor.screenshot(`shapes-${name}`);
      assert.match(hints[0] ?? '', /^→ \(·, /);
      assert.match(verdict ?? '', /✗ \d+ % fails · 2 causes · .* parameters.*Pin…/s);
      if (name === 'light') {
        await editor.picture('shapes', 513);
        await pinned(editor);
      }
    } finally {
      await editor.close();
    }
  });
}

async function pinned(editor: Editor): Promise<void> {
  await editor.clickLens(/Pin…/);
  await editor.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  await editor.screenshot('pin-menu');
  await editor.pick(/Largest/);
  const hints = await editor.hintsThat((all) => all.length > 0 && all.every((text) => !text.includes('✗')));
  assert.ok(hints.some((text) => /^→ \(·, \d+, \d+, \d+\)/.test(text)), JSON.stringify(hints));
  await editor.lensesThat((all) => all.some((text) => text.includes('Pinned: ')));
  await editor.screenshot('pinned');

  await editor.clickLens(/Report/);
  const report = editor.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  await report.locator('polyline.fails').first().waitFor({ timeout: PATIENCE_MS, state: 'attached' });
  await editor.screenshot('report');
  await editor.picture('report', 900, 'iframe.webview.ready');
  await report.locator('a', { hasText: 'line 14' }).first().click();
  await editor.page.locator('[id="status.editor.selection"]', { hasText: 'Ln 14' }).waitFor({ timeout: PATIENCE_MS });

  await editor.run('Hypershape: Show Menu');
  await editor.page.locator('.quick-input-title').filter({ hasText: /Hypershape: (ready|Not all repairs)/ }).waitFor();
  await editor.screenshot('menu');
  await editor.page.keyboard.press('Escape');
}
