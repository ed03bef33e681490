import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Editor, PATIENCE_MS } from '../editor.mts';
import { notebook, script, written } from './made.mts';

const KEYS_PER_SECOND = 8;
const SECONDS = 60;
/** What VS Code itself would add to what is typed. */
const PLAIN = {
  'editor.acceptSuggestionOnCommitCharacter': false,
  'editor.autoClosingBrackets': 'never',
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
  'files.autoSave': 'off',
};

test('a minute of typing into 1,500 lines loses no key, and the failure above stays', { timeout: 4 * PATIENCE_MS }, async () => {
  const made = await written('long.py', script(1500));
  const editor = await Editor.open({ example: made, trusted: true, settings: PLAIN });
  try {
    const failing = await editor.errorsAre(1, 0);
    assert.ok(failing > 0);
    await editor.page.keyboard.press('Control+End');
    const text = 'total = helper_1(3, 4) + 5 '.repeat(Math.ceil((KEYS_PER_SECOND * SECONDS) / 27)).slice(0, KEYS_PER_SECOND * SECONDS);
    const begun = Date.now();
    for (const [place, key] of [...text].entries()) {
      await editor.page.keyboard.type(key);
      await sleep(Math.max(begun + ((place + 1) * 1000) / KEYS_PER_SECOND - Date.now(), 0));
    }
    const late = Date.now() - begun - SECONDS * 1000;
    await editor.page.keyboard.press('Enter');
    await editor.save();
    const after = await fs.readFile(editor.file, 'utf8');
    assert.ok(after.trimEnd().endsWith(text.trimEnd()), after.slice(-2 * text.length));
    await editor.page.keyboard.press('Control+Home');
    await editor.errorsAre(1, 0);
    await editor.lensesThat((all) => all.some((text) => text.startsWith('✗ 25 % fails') && !text.includes('Stop')));
    await editor.screenshot('typed-for-a-minute');
    console.log(`${text.length} keys at ${KEYS_PER_SECOND} a second: the last one ${late} ms late`);
  } finally {
    await editor.close();
    await fs.rm(path.dirname(made), { recursive: true });
  }
});

test('a notebook of 100 cells has its squiggle, and loses it with the failure', { timeout: 4 * PATIENCE_MS }, async () => {
  const made = await written('long.ipynb', notebook(100));
  const editor = await Editor.open({ example: made, trusted: true, settings: PLAIN });
  try {
    await editor.errorsAre(1, 0);
    await editor.screenshot('hundred-cells');
    const hover = await editor.hover('model.add(layers.Conv2D(8, 5))', 'Conv2D');
    assert.match(await hover.innerText(), /kernel/);
    await editor.fix('model.add(layers.Conv2D(8, 5))', 'Conv2D', /padding="same"/);
    await editor.errorsAre(0, 0);
    await editor.screenshot('hundred-cells-repaired');
  } finally {
    await editor.close();
    await fs.rm(path.dirname(made), { recursive: true });
  }
});
