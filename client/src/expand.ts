// The variables that VS Code leaves as they are in settings.

export interface Places {
  /** The folder that the setting is for. */
  readonly folder: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Replaces `${workspaceFolder}`, `${userHome}`, `${env:NAME}` and a leading `~`; a variable that is not set is empty. */
export function expanded(text: string, { folder, home, environment }: Places): string {
  return text
    .replace(/^~(?=$|[/\\])/, () => home)
    .replaceAll('${workspaceFolder}', folder)
    .replaceAll('${userHome}', home)
    .replaceAll(/\$\{env:([^}]+)\}/g, (_, name: string) => environment[name] ?? '');
}
