// The extension's entry: makes the parts and connects them to what the user does.

import * as vscode from 'vscode';
import { copy, pin } from './configurations';
import { showMenu } from './menu';
import { PAGES, pages } from './pages';
import { INSTALL_COMMAND, InterpreterFixes, install, selectInterpreter } from './problems';
import { PythonExtension, type PythonExtensionApi } from './pythonExtension';
import { OPEN_PLACE } from './places';
import { openPlace } from './report';
import { Session } from './session';
import { RESTARTING, SECTION } from './settings';
import { SELECTOR, StatusItem } from './status';

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

  /** A command about the document in hand. */
  const forDocument = (command: string, act: (uri: string) => Promise<unknown>): vscode.Disposable =>
    vscode.commands.registerCommand(command, async () => {
      const uri = current.document();
      if (uri !== undefined) {
        await act(uri);
      }
    });

  context.subscriptions.push(
    log,
    status,
    python,
    current,
    vscode.commands.registerCommand('hypershape.restartServer', () => current.restart()),
    vscode.commands.registerCommand('hypershape.showLogs', () => {
      log.show();
    }),
    vscode.commands.registerCommand('hypershape.menu', () => showMenu(status)),
    vscode.commands.registerCommand('hypershape.selectInterpreter', selectInterpreter),
    vscode.commands.registerCommand(INSTALL_COMMAND, (packages: string[]) => {
      install(status.current.environment?.executable ?? 'python', packages);
    }),
    vscode.languages.registerCodeActionsProvider(SELECTOR, new InterpreterFixes(() => status.current.environment), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
    vscode.commands.registerCommand('hypershape.fixAll', () => applyAll(status)),
    vscode.commands.registerCommand(OPEN_PLACE, openPlace),
    forDocument('hypershape.showReport', (uri) => current.report.show(current, uri)),
    forDocument('hypershape.pinConfiguration', (uri) => pin(current, uri)),
    forDocument('hypershape.copyOneConfiguration', (uri) => copy(current, uri)),
    forDocument('hypershape.stopProbing', (uri) => current.execute('hypershape.stop', uri)),
    forDocument('hypershape.probeAgain', (uri) => current.execute('hypershape.tryAgain', uri)),
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

/** Applies all repairs that passed their trial together; where there are none, says whether some are still to come. */
async function applyAll(status: StatusItem): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined) {
    return;
  }
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const kind = 'source.fixAll.hypershape';
  const found = await vscode.commands.executeCommand<readonly vscode.CodeAction[] | undefined>(
    'vscode.executeCodeActionProvider',
    document.uri,
    whole,
    kind,
  );
  if (found !== undefined && found.length > 0) {
    await vscode.commands.executeCommand('editor.action.codeAction', { kind, apply: 'first' });
  } else {
    const busy = status.current.state === 'probing';
    void vscode.window.showInformationMessage(
      busy
        ? 'Hypershape is still trying repairs. Apply them when it is done.'
        : 'Hypershape has no fix here that passed its trial and may be applied unasked. The quick fixes of a squiggle show them all.',
    );
  }
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
