import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Editor, PATIENCE_MS } from './editor.mts';

test('an untrusted workspace gets static findings and starts no agent until it is trusted', { timeout: 4 * PATIENCE_MS }, async () => {
  const editor = await Editor.open({ example: 'case3_choice.py', trusted: false });
  try {
    const squiggles = await editor.squigglesThat((all) => all.length > 0);
    await editor.screenshot('restricted-squiggle');
    assert.match(squiggles[0]?.text ?? '', /1, 2, "glorot_uniform", "he_normal"/);
    await editor.statusThat(/not trusted/);
    assert.equal(await editor.agents(), 0);

    const hover = await editor.hover('hp.Choice(', 'glorot_uniform');
    await editor.screenshot('restricted-hover');
    assert.match(await hover.innerText(), /Choice/);

    await editor.run('Workspaces: Manage Workspace Trust');
    await editor.page.getByRole('button', { name: 'Trust', exact: true }).click();
    const agents = await editor.startedAgents();
    await editor.screenshot('restricted-trusted');
    assert.ok(agents > 0);
  } finally {
    await editor.close();
  }
});
