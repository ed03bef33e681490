// The entry in the language status of Python files and notebooks.

import * as vscode from 'vscode';
import type { Environment, Status } from './protocol';

export const SELECTOR = [
  { scheme: 'file', language: 'python' },
  { scheme: 'untitled', language: 'python' },
  { scheme: 'vscode-notebook-cell', language: 'python' },
];

const WORDS: Record<Status['state'], string> = {
  starting: 'starting',
  idle: 'ready',
  probing: 'probing',
  restricted: 'static checks only',
  error: 'not running',
};

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem('hypershape.status', SELECTOR);

  current: Status = { state: 'starting' };

  constructor() {
    this.item.name = 'Hypershape';
    this.item.command = { command: 'hypershape.menu', title: 'Menu' };
    this.show({ state: 'starting' });
  }

  show(status: Status): void {
    this.current = status;
    this.item.text = `Hypershape: ${this.text}`;
    this.item.detail = status.environment ? describe(status.environment) : '';
    this.item.busy = status.state === 'starting' || status.state === 'probing';
    this.item.severity =
      status.state === 'error' ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
  }

  get text(): string {
    return this.current.message ?? WORDS[this.current.state];
  }

  dispose(): void {
    this.item.dispose();
  }
}

export function describe(environment: Environment): string {
  const versions = [
    `Python ${environment.python}`,
    `Keras ${environment.keras ?? 'missing'}`,
    `Keras Tuner ${environment.keras_tuner ?? 'missing'}`,
  ];
  const runsOn = [environment.backend, environment.devices.join(', ')].filter((each) => each != null && each !== '');
  const found = environment.backend ? `${versions.join(', ')} (${runsOn.join(' on ')})` : versions.join(', ');
  return environment.elsewhere == null ? found : `${found} on ${environment.elsewhere}`;
}
