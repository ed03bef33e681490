import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Editor, PATIENCE_MS } from './editor.mts';

test('each folder of a workspace starts its own interpreter', { timeout: 4 * PATIENCE_MS }, async () => {
  const editor = await Editor.open({ example: 'cnn_depth.py', trusted: true, twice: true });
  try {
    const first = await editor.startedAgents();
    assert.ok(first > 0);
    assert.equal(await editor.agents('second'), 0);

    await editor.show(editor.second);
    assert.ok((await editor.startedAgents('second')) > 0);
    assert.equal(await editor.agents(), first);
    await editor.screenshot('second-folder');
  } finally {
    await editor.close();
  }
});
