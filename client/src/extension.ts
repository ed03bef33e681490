// The extension's entry: makes the parts and connects them to what the user does.

import * as vscode from 'vscode';
import { PythonExtension } from './pythonExtension';
import { Session } from './session';
import { RESTARTING, SECTION } from './settings';
import { StatusItem } from './status';

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('Hypershape', { log: true });
  const status = new StatusItem();
  const python = new PythonExtension();
  const current = new Session(context.extensionUri, python, log, status);
  session = current;

  context.subscriptions.push(
    log,
    status,
    python,
    python.onDidChange(() => current.restart()),
    vscode.commands.registerCommand('hypershape.restartServer', () => current.restart()),
    vscode.commands.registerCommand('hypershape.showLogs', () => {
      log.show();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => current.restart()),
    vscode.workspace.onDidChangeConfiguration((event) =>
      RESTARTING.some((name) => event.affectsConfiguration(name))
        ? current.restart()
        : event.affectsConfiguration(SECTION)
          ? current.update()
          : undefined,
    ),
  );
  await current.restart();
}

export function deactivate(): Promise<void> | undefined {
  return session?.stop();
}
