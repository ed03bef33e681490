// Pinning a configuration and taking one along, by quick pick.

import * as vscode from 'vscode';
import { CONFIGURATIONS, type Choices, type Configuration } from './protocol';
import { parsed, shown } from './values';

/** What the commands need of a running server. */
export interface Server {
  request<R>(method: string, params: unknown): Promise<R>;
  execute<R>(command: string, ...args: unknown[]): Promise<R>;
}

export const PIN = 'hypershape.pin';
export const COPY = 'hypershape.copyConfiguration';

type Pick = vscode.QuickPickItem & { readonly configuration?: Configuration | null };

const FORMS = [
  { label: 'As values', detail: 'A dictionary of all values', form: 'values' },
  { label: 'As fixed hyperparameters', detail: 'hp.Fixed(…) for each value, to be given to a tuner as hyperparameters=', form: 'fixed' },
  { label: 'As a test', detail: 'A function for pytest that builds the model with these values', form: 'test' },
];

/** Has the user choose a configuration of a target; undefined where nothing is chosen, null to unpin. */
async function choose(known: Choices, title: string): Promise<Configuration | null | undefined> {
  const items: Pick[] = known.choices.map(({ label, description, configuration }) => ({
    label,
    detail: description,
    configuration,
  }));
  items.push({ label: '$(edit) Type values…', alwaysShow: true });
  if (known.pinned != null) {
    items.push({ label: '$(pinned) Unpin', detail: shown(known.pinned), configuration: null });
  }
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDetail: true });
  if (picked === undefined || picked.configuration !== undefined) {
    return picked?.configuration;
  }
  return typed(known);
}

async function typed(known: Choices): Promise<Configuration | undefined> {
  const first = known.pinned ?? known.choices[0]?.configuration ?? {};
  const text = await vscode.window.showInputBox({
    title: `A configuration of ${known.target}`,
    value: shown(first),
    prompt: 'Values as name=value, separated by commas. What is left out takes its default.',
    validateInput: (value) => (parsed(value) === undefined ? 'Write name=value, name=value' : undefined),
  });
  return text === undefined ? undefined : parsed(text);
}

/** The targets of a document, of which the user chooses one where there are several. */
async function target(server: Server, uri: string, name?: string): Promise<Choices | undefined> {
  const all = await server.request<Choices[]>(CONFIGURATIONS, { uri });
  const found = name === undefined ? all : all.filter((each) => each.target === name);
  if (found.length <= 1) {
    if (found.length === 0) {
      void vscode.window.showInformationMessage('Hypershape has not probed a build function in this file yet.');
    }
    return found[0];
  }
  const picked = await vscode.window.showQuickPick(found.map((each) => ({ label: each.target, each })));
  return picked?.each;
}

export async function pin(server: Server, uri: string, name?: string): Promise<void> {
  const known = await target(server, uri, name);
  const wanted = known && (await choose(known, `Show the shapes of ${known.target} at one configuration`));
  if (known !== undefined && wanted !== undefined) {
    await server.execute(PIN, uri, known.target, wanted);
  }
}

export async function copy(server: Server, uri: string): Promise<void> {
  const known = await target(server, uri);
  const wanted = known && (await choose({ ...known, pinned: null }, 'Copy a configuration'));
  const form = wanted && (await vscode.window.showQuickPick(FORMS, { title: 'Copy it' }));
  if (known !== undefined && wanted != null && form != null) {
    await vscode.env.clipboard.writeText(await server.execute<string>(COPY, uri, known.target, wanted, form.form));
    void vscode.window.setStatusBarMessage('Hypershape: copied', 3000);
  }
}
