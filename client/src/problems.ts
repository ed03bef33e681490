// What keeps Hypershape from starting, shown once with what helps.

import * as vscode from 'vscode';
import type { Environment } from './protocol';
import { SECTION } from './settings';

const SELECT = 'Select Interpreter';
const INSTALL = 'Install in Terminal';
const LOG = 'Show Log';

/** Findings about the interpreter, with the packages whose lack they tell; none where the environment says which. */
const FINDINGS: Readonly<Record<string, readonly string[]>> = {
  HS001: [],
  HS002: ['tensorboard'],
  HS005: ['scikit-learn'],
};

/** The packages that a usable interpreter lacks; nothing where it could not be started, or no terminal here reaches it. */
export function missing(environment: Environment | null | undefined): string[] {
  if (environment == null || environment.executable === '' || environment.elsewhere != null) {
    return [];
  }
  const packages = environment.keras == null ? ['keras', 'tensorflow'] : [];
  return environment.keras_tuner == null ? [...packages, 'keras-tuner', 'tensorboard'] : packages;
}

/** Shows each problem of an interpreter once in a session of the server. */
export class Problems {
  private readonly shown = new Set<string>();

  tell(message: string, environment: Environment | null | undefined): void {
    if (this.shown.has(message)) {
      return;
    }
    this.shown.add(message);
    const packages = missing(environment);
    const buttons = packages.length > 0 ? [SELECT, INSTALL, LOG] : [SELECT, LOG];
    void vscode.window.showErrorMessage(`Hypershape: ${message}`, ...buttons).then((answer) => {
      switch (answer) {
        case SELECT:
          return selectInterpreter();
        case INSTALL:
          install(environment?.executable ?? 'python', packages);
          return undefined;
        case LOG:
          return vscode.commands.executeCommand('hypershape.showLogs');
        default:
          return undefined;
      }
    });
  }

  forget(): void {
    this.shown.clear();
  }
}

/** Quick fixes of findings about the interpreter: another one, or what it lacks. */
export class InterpreterFixes implements vscode.CodeActionProvider {
  /** @param environment gives the interpreter that is in use */
  constructor(private readonly environment: () => Environment | null | undefined) {}

  provideCodeActions(_: vscode.TextDocument, __: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    return context.diagnostics.flatMap((finding) => {
      const code = typeof finding.code === 'object' ? finding.code.value : finding.code;
      const known = finding.source === 'hypershape' ? FINDINGS[String(code)] : undefined;
      if (known === undefined) {
        return [];
      }
      const environment = this.environment();
      const packages = known.length === 0 ? missing(environment) : environment?.elsewhere == null ? known : [];
      const title = `Install ${packages.join(', ')} in the terminal`;
      const actions = [action('Select another interpreter', finding, 'hypershape.selectInterpreter')];
      const all = packages.length > 0 ? [action(title, finding, INSTALL_COMMAND, packages), ...actions] : actions;
      // What helps comes before what only silences.
      const [first] = all;
      if (first !== undefined) {
        first.isPreferred = true;
      }
      return all;
    });
  }
}

export const INSTALL_COMMAND = 'hypershape.installPackages';

function action(title: string, finding: vscode.Diagnostic, command: string, ...args: unknown[]): vscode.CodeAction {
  const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  made.diagnostics = [finding];
  made.command = { title, command, arguments: args };
  return made;
}

export function install(executable: string, packages: readonly string[]): void {
  const terminal = vscode.window.createTerminal('Hypershape');
  terminal.show();
  terminal.sendText(`"${executable}" -m pip install ${packages.join(' ')}`);
}

/** The Python extension's own choice where there is one, else a path that is typed. */
export async function selectInterpreter(): Promise<void> {
  if (vscode.extensions.getExtension('ms-python.python') !== undefined) {
    await vscode.commands.executeCommand('python.setInterpreter');
    return;
  }
  const scope = vscode.window.activeTextEditor?.document.uri;
  const section = vscode.workspace.getConfiguration(SECTION, scope ?? null);
  const now: unknown = section.get('interpreter');
  const path = await vscode.window.showInputBox({
    title: 'The Python that has Keras and Keras Tuner',
    value: Array.isArray(now) ? now.join(' ') : typeof now === 'string' ? now : '',
    prompt: 'A path, for example ~/ml/bin/python. Empty: look for one beside the file.',
  });
  if (path !== undefined) {
    const target = vscode.workspace.workspaceFolders
      ? vscode.ConfigurationTarget.Workspace
      : vscode.ConfigurationTarget.Global;
    await section.update('interpreter', path, target);
  }
}
