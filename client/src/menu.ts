// What can be done about Hypershape, in one list behind its status.

import * as vscode from 'vscode';
import { describe, type StatusItem } from './status';

type Entry = vscode.QuickPickItem & { readonly command?: string; readonly args?: unknown[] };

/** Shows what Hypershape is doing and the commands that make sense now; runs the one that is chosen. */
export async function showMenu(status: StatusItem): Promise<void> {
  const { state, message, environment } = status.current;
  const entries: Entry[] = [
    { label: 'Pin a Configuration…', description: 'shapes of one configuration', command: 'hypershape.pinConfiguration' },
    { label: 'Copy a Configuration…', command: 'hypershape.copyOneConfiguration' },
    { label: 'Apply All Verified Fixes', command: 'hypershape.fixAll' },
    { label: 'Show Report', command: 'hypershape.showReport' },
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    state === 'probing'
      ? { label: 'Stop', description: message ?? '', command: 'hypershape.stopProbing' }
      : { label: 'Try Again', description: 'with more time', command: 'hypershape.probeAgain' },
    { label: 'Restart Server', command: 'hypershape.restartServer' },
    { label: 'Select Interpreter', description: environment?.executable ?? '', command: 'hypershape.selectInterpreter' },
    { label: 'Show Logs', command: 'hypershape.showLogs' },
    { label: 'Settings', command: 'workbench.action.openSettings', args: ['@ext:hypershape.hypershape'] },
  ];
  if (state === 'restricted') {
    entries.unshift({ label: 'Manage Workspace Trust', command: 'workbench.trust.manage' });
  }
  const title = `Hypershape: ${status.text}`;
  const placeHolder = environment ? describe(environment) : 'no interpreter yet';
  const picked = await vscode.window.showQuickPick(entries, { title, placeHolder });
  if (picked?.command !== undefined) {
    await vscode.commands.executeCommand(picked.command, ...(picked.args ?? []));
  }
}
