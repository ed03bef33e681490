// The extension's entry: makes the parts and connects them to what the user does.

import * as vscode from 'vscode';
import { PAGES, pages } from './pages';
import { PythonExtension, type PythonExtensionApi } from './pythonExtension';
import { Session } from './session';
import { RESTARTING, SECTION } from './settings';
import { StatusItem } from './status';

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('Hypershape', { log: true });
  const status = new StatusItem();
  const restart = (): void => {
    void current.restart();
  };
  const python = new PythonExtension(
    () => activatePythonExtension(log),
    () => vscode.workspace.workspaceFolders?.[0]?.uri,
    restart,
  );
  const current = new Session(context.extensionUri, python, log, status);
  session = current;

  context.subscriptions.push(
    log,
    status,
    python,
    vscode.commands.registerCommand('hypershape.restartServer', () => current.restart()),
    vscode.commands.registerCommand('hypershape.showLogs', () => {
      log.show();
    }),
    vscode.workspace.registerTextDocumentContentProvider(PAGES, pages),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (RESTARTING.some((name) => event.affectsConfiguration(name))) {
        await current.restart();
      } else if (event.affectsConfiguration(SECTION)) {
        await current.update();
      }
    }),
  );
  await current.restart();
}

export function deactivate(): Promise<void> | undefined {
  return session?.stop();
}

/** Its failure is its own business: the server then looks for an interpreter itself. */
async function activatePythonExtension(log: vscode.LogOutputChannel): Promise<PythonExtensionApi | undefined> {
  try {
    return await vscode.extensions.getExtension<PythonExtensionApi>('ms-python.python')?.activate();
  } catch (error) {
    log.warn(`The Python extension does not start: ${String(error)}`);
    return undefined;
  }
}
