// The user's settings, read once and handed on as one value.

import * as os from 'node:os';
import * as vscode from 'vscode';
import type { Command } from './interpreter';
import type { ImportStrategy } from './serverCommand';

export const SECTION = 'hypershape';

export type Level = 'static' | 'symbolic' | 'device';
export type Notifications = 'off' | 'onError' | 'onWarning' | 'always';

export interface Settings {
  readonly interpreter: Command;
  readonly server: Command;
  readonly importStrategy: ImportStrategy;
  readonly level: Level;
  /** Seconds of probing for each change of a file. */
  readonly budget: number;
  readonly select: readonly string[];
  readonly ignore: readonly string[];
  readonly severity: Readonly<Record<string, string>>;
  readonly showNotifications: Notifications;
}

/** A change of these needs a new server; the server is told of the others. */
export const RESTARTING = ['interpreter', 'server', 'importStrategy'].map((name) => `${SECTION}.${name}`);

export function read(): Settings {
  const section = vscode.workspace.getConfiguration(SECTION);
  return {
    interpreter: section.get<string[]>('interpreter', []).map(expand),
    server: section.get<string[]>('server', []).map(expand),
    importStrategy: section.get<ImportStrategy>('importStrategy', 'fromEnvironment'),
    level: section.get<Level>('level', 'symbolic'),
    budget: section.get<number>('budget', 10),
    select: section.get<string[]>('select', []),
    ignore: section.get<string[]>('ignore', []),
    severity: section.get<Record<string, string>>('severity', {}),
    showNotifications: section.get<Notifications>('showNotifications', 'onError'),
  };
}

/** Replaces `${workspaceFolder}` and `${userHome}`, which VS Code leaves as they are in settings. */
function expand(text: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  return text.replaceAll('${workspaceFolder}', folder).replaceAll('${userHome}', os.homedir());
}
