// What a person waits for in VS Code itself, told and not judged: other work on the machine makes all of it longer.

import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { Editor, PATIENCE_MS } from '../editor.mts';
import { KERNEL, MODEL, script, written } from './made.mts';

const EDITS = 11;

test('how long a window, a squiggle, a repair and an edit take', { timeout: 8 * PATIENCE_MS }, async () => {
  const kept = await fs.mkdtemp(path.join(os.tmpdir(), 'hypershape-kept-'));
  const rows: [string, number][] = [['a plain loop of JavaScript', loop()]];
  try {
    for (const remembered of [false, true]) {
      const how = remembered ? 'remembered' : 'nothing remembered';
      const made = await written('small.py', MODEL);
      const editor = await Editor.open({ example: made, trusted: true, kept });
      try {
        rows.push([`window to text, ${how}`, await editor.now()]);
        rows.push([`window to first squiggle, ${how}`, await editor.errorsAre(1, 0)]);
        const squiggled = Date.now();
        rows.push([`server's start to first squiggle, ${how}`, squiggled - (await editor.serverStarted())]);
        await editor.fix('model.add(layers.Conv2D(8, 5))', 'Conv2D', /padding="same"/);
        rows.push([`squiggle to a repair that was chosen, ${how}`, Date.now() - squiggled]);
        await editor.errorsAre(0, 0);
      } finally {
        await editor.close();
        await fs.rm(path.dirname(made), { recursive: true });
      }
    }
    for (const lines of [14, 1000]) {
      const made = await written('edited.py', script(lines));
      const editor = await Editor.open({ example: made, trusted: true, kept });
      try {
        await editor.errorsAre(1, 0);
        rows.push([`edit to changed squiggle, ${lines} lines, median of ${EDITS}`, await edits(editor)]);
      } finally {
        await editor.close();
        await fs.rm(path.dirname(made), { recursive: true });
      }
    }
    for (const [what, milliseconds] of rows) {
      console.log(`${what.padEnd(60)} ${Math.round(milliseconds).toLocaleString('en').padStart(8)} ms`);
    }
  } finally {
    await fs.rm(kept, { recursive: true });
  }
});

/** Types the largest kernel, with which the layer fails or not, again and again; gives the median of the waits. */
async function edits(editor: Editor): Promise<number> {
  await editor.run('Go to Line');
  await editor.page.keyboard.type(`6,${5 + KERNEL.length}`);
  await editor.page.keyboard.press('Enter');
  await editor.page.keyboard.press('Delete');
  await editor.page.keyboard.type('3');
  await editor.errorsAre(0, 0);
  const taken: number[] = [];
  for (let edit = 0; edit < EDITS; edit += 1) {
    const failing = edit % 2 === 0;
    await editor.page.keyboard.press('Backspace');
    const begun = await editor.now();
    await editor.page.keyboard.type(failing ? '9' : '3');
    taken.push(await editor.errorsAre(failing ? 1 : 0, begun));
  }
  return taken.toSorted((one, other) => one - other)[EDITS >> 1] ?? 0;
}

/** The milliseconds of a fixed amount of work: how much slower everything is just now. */
function loop(): number {
  const begun = performance.now();
  let sum = 0;
  for (let each = 0; each < 3e8; each += 1) sum = (sum + each) | 0;
  return performance.now() - begun + (sum & 0);
}
