// The user's settings, read once and handed on as one value.

import * as os from 'node:os';
import * as vscode from 'vscode';
import type { Command } from './interpreter';
import type { ImportStrategy } from './serverCommand';

export const SECTION = 'hypershape';

export type Level = 'auto' | 'static' | 'symbolic' | 'device';
export type Notifications = 'off' | 'onError' | 'onWarning' | 'always';

export interface Settings {
  readonly interpreter: Command;
  readonly server: Command;
  readonly importStrategy: ImportStrategy;
  /** Undefined, as the four that follow, where the user set nothing: a project's pyproject.toml may then say. */
  readonly level: Level | undefined;
  /** Seconds of probing for each change of a file. */
  readonly budget: number | undefined;
  readonly select: readonly string[] | undefined;
  readonly ignore: readonly string[] | undefined;
  readonly severity: Readonly<Record<string, string>> | undefined;
  readonly showNotifications: Notifications;
}

/** A change of these needs a new server; the server is told of the others. */
export const RESTARTING = ['interpreter', 'server', 'importStrategy'].map((name) => `${SECTION}.${name}`);

export function read(): Settings {
  const section = vscode.workspace.getConfiguration(SECTION);
  return {
    interpreter: command(section.get('interpreter')),
    server: command(section.get('server')),
    importStrategy: section.get<ImportStrategy>('importStrategy', 'fromEnvironment'),
    level: isSet(section, 'level') ? section.get<Level>('level') : undefined,
    budget: isSet(section, 'budget') ? section.get<number>('budget') : undefined,
    select: isSet(section, 'select') ? section.get<string[]>('select') : undefined,
    ignore: isSet(section, 'ignore') ? section.get<string[]>('ignore') : undefined,
    severity: isSet(section, 'severity') ? section.get<Record<string, string>>('severity') : undefined,
    showNotifications: section.get<Notifications>('showNotifications', 'onError'),
  };
}

/** Whether the user set something at any level, so that there is more than the default. */
function isSet(section: vscode.WorkspaceConfiguration, name: string): boolean {
  const found = section.inspect(name);
  const set = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
  return set.some((value) => value !== undefined);
}

/** A list of words, or one path as a text; anything else is no command. */
function command(value: unknown): Command {
  const words: unknown[] = Array.isArray(value) ? value : value === '' ? [] : [value];
  return words.filter((word) => typeof word === 'string').map(expand);
}

/** Replaces `${workspaceFolder}` and `${userHome}`, which VS Code leaves as they are in settings. */
function expand(text: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  return text.replaceAll('${workspaceFolder}', folder).replaceAll('${userHome}', os.homedir());
}
