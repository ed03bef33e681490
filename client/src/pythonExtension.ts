// The part of the Python extension's public API that is used here.

import * as vscode from 'vscode';
import type { SelectedEnvironment } from './interpreter';

interface EnvironmentPath {
  readonly id: string;
  readonly path: string;
}

interface PythonExtensionApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): EnvironmentPath;
    resolveEnvironment(
      environment: EnvironmentPath,
    ): Promise<{ readonly executable: { readonly uri: vscode.Uri | undefined } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

/** The interpreter selected in the Python extension; none where that extension is not installed. */
export class PythonExtension implements SelectedEnvironment, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private subscription: vscode.Disposable | undefined;

  async interpreter(): Promise<string | undefined> {
    const api = await this.api();
    if (api === undefined) {
      return undefined;
    }
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const environment = await api.environments.resolveEnvironment(api.environments.getActiveEnvironmentPath(folder));
    return environment?.executable.uri?.fsPath;
  }

  dispose(): void {
    this.subscription?.dispose();
    this.changed.dispose();
  }

  private async api(): Promise<PythonExtensionApi | undefined> {
    const extension = vscode.extensions.getExtension<PythonExtensionApi>('ms-python.python');
    if (extension === undefined) {
      return undefined;
    }
    const api = extension.isActive ? extension.exports : await extension.activate();
    this.subscription ??= api.environments.onDidChangeActiveEnvironmentPath(() => {
      this.changed.fire();
    });
    return api;
  }
}
