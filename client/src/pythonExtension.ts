// The interpreter that the user selected in the Python extension, through the part of its public API used here.

import type * as vscode from 'vscode';
import type { SelectedEnvironment } from './interpreter';

interface EnvironmentPath {
  readonly path: string;
}

export interface PythonExtensionApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): EnvironmentPath;
    resolveEnvironment(environment: EnvironmentPath): Promise<ResolvedEnvironment | undefined>;
    onDidChangeActiveEnvironmentPath(listener: () => void): Subscription;
  };
}

interface Subscription {
  dispose(): unknown;
}

interface ResolvedEnvironment {
  readonly executable: { readonly uri: { readonly fsPath: string } | undefined };
}

export class PythonExtension implements SelectedEnvironment, Subscription {
  private subscription: Subscription | undefined;

  /**
   * @param load activates the Python extension; undefined where it is not installed
   * @param folder the workspace's folder, whose environment is meant
   * @param changed called when the user selects another environment
   */
  constructor(
    private readonly load: () => Promise<PythonExtensionApi | undefined>,
    private readonly folder: () => vscode.Uri | undefined,
    private readonly changed: () => void,
  ) {}

  /** The selection for the folder of one file. */
  of(scope?: vscode.Uri): SelectedEnvironment {
    return { interpreter: () => this.interpreter(scope) };
  }

  async interpreter(scope?: vscode.Uri): Promise<string | undefined> {
    const environments = (await this.load())?.environments;
    if (environments === undefined) {
      return undefined;
    }
    this.subscription ??= environments.onDidChangeActiveEnvironmentPath(this.changed);
    const active = environments.getActiveEnvironmentPath(scope ?? this.folder());
    return (await environments.resolveEnvironment(active))?.executable.uri?.fsPath;
  }

  dispose(): void {
    this.subscription?.dispose();
  }
}
