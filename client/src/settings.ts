// The user's settings, read once and handed on as one value.

import * as os from 'node:os';
import * as vscode from 'vscode';
import { expanded } from './expand';
import type { Command } from './interpreter';
import type { ImportStrategy } from './serverCommand';

export const SECTION = 'hypershape';

export type Level = 'auto' | 'static' | 'symbolic' | 'device';
export type Notifications = 'off' | 'onError' | 'onWarning' | 'always';
export type DeviceMode = 'auto' | 'onDemand' | 'off';
export type Run = 'onType' | 'onSave' | 'manual';

export interface InlayHints {
  readonly enabled: 'on' | 'off' | 'currentLine';
  readonly maximumLength: number;
}

export interface Settings {
  readonly interpreter: Command;
  /** Folders here, each with its path where the interpreter runs; undefined where nothing is set. */
  readonly paths: Readonly<Record<string, string>> | undefined;
  readonly server: Command;
  readonly importStrategy: ImportStrategy;
  /** Undefined, as the four that follow, where the user set nothing: a project's pyproject.toml may then say. */
  readonly level: Level | undefined;
  /** Seconds of probing for each change of a file. */
  readonly budget: number | undefined;
  readonly memoryLimit: number | undefined;
  readonly deviceMode: DeviceMode;
  readonly select: readonly string[] | undefined;
  readonly ignore: readonly string[] | undefined;
  readonly severity: Readonly<Record<string, string>> | undefined;
  readonly run: Run;
  readonly inlayHints: InlayHints;
  readonly showNotifications: Notifications;
}

/** A change of these needs a new server; the server is told of the others. */
export const RESTARTING = ['interpreter', 'server', 'importStrategy'].map((name) => `${SECTION}.${name}`);

/** The settings of the folder that holds a file, or of the window. */
export function read(scope?: vscode.Uri): Settings {
  const section = vscode.workspace.getConfiguration(SECTION, scope ?? null);
  const folder = scope === undefined ? undefined : vscode.workspace.getWorkspaceFolder(scope);
  const root = (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri.fsPath ?? '';
  const command = (name: string): Command => words(section.get(name), root);
  return {
    interpreter: command('interpreter'),
    paths: isSet(section, 'paths') ? folders(section.get('paths'), root) : undefined,
    server: command('server'),
    importStrategy: section.get<ImportStrategy>('importStrategy', 'fromEnvironment'),
    level: isSet(section, 'level') ? section.get<Level>('level') : undefined,
    budget: isSet(section, 'budget') ? section.get<number>('budget') : undefined,
    deviceMode: section.get<DeviceMode>('device.mode', 'auto'),
    memoryLimit: section.get<number | null>('device.memoryLimit') ?? undefined,
    select: isSet(section, 'select') ? section.get<string[]>('select') : undefined,
    ignore: isSet(section, 'ignore') ? section.get<string[]>('ignore') : undefined,
    severity: isSet(section, 'severity') ? section.get<Record<string, string>>('severity') : undefined,
    run: section.get<Run>('run', 'onType'),
    inlayHints: {
      enabled: section.get<InlayHints['enabled']>('inlayHints.enabled', 'on'),
      maximumLength: section.get<number>('inlayHints.maximumLength', 43),
    },
    showNotifications: section.get<Notifications>('showNotifications', 'onError'),
  };
}

/** Whether the user set something at any level, so that there is more than the default. */
function isSet(section: vscode.WorkspaceConfiguration, name: string): boolean {
  const found = section.inspect(name);
  const set = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
  return set.some((value) => value !== undefined);
}

/** The folders here may be named as in `${workspaceFolder}`. */
function folders(value: unknown, folder: string): Record<string, string> {
  const named = Object.entries((value ?? {}) as Record<string, string>);
  return Object.fromEntries(
    named.map(([here, there]) => [expanded(here, { folder, home: os.homedir(), environment: process.env }), there]),
  );
}

/** A list of words, or one path as a text; anything else is no command. */
function words(value: unknown, folder: string): Command {
  const found: unknown[] = Array.isArray(value) ? value : value === '' ? [] : [value];
  return found
    .filter((word) => typeof word === 'string')
    .map((word) => expanded(word, { folder, home: os.homedir(), environment: process.env }));
}
