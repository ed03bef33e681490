// A real VS Code (code-server) with the packaged extension, driven through headless Chromium.

import { spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type BrowserContext, type Locator, type Page } from 'playwright-core';

const ROOT = path.resolve(import.meta.dirname, '../..');
const EXAMPLES = path.join(ROOT, 'examples');
const SCREENSHOTS = path.join(ROOT, '.screenshots');
const PICTURES = path.join(SCREENSHOTS, 'pictures');
const PYTHON = process.env['HYPERSHAPE_PYTHON'] ?? path.join(ROOT, '.venv/bin/python');

/** The first import of TensorFlow on a busy machine with two cores takes most of it. */
export const PATIENCE_MS = 120_000;

/** An underlined place: the text above the line, and what is underlined. */
export interface Squiggle {
  readonly severity: 'error' | 'warning' | 'info' | 'hint';
  readonly text: string;
}

export interface Options {
  /** A file under examples/, or another by its whole path, copied to a folder of its own. */
  readonly example: string;
  /** Trust every workspace without a question. */
  readonly trusted: boolean;
  /** Settings of VS Code beside those of all tests. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The width of the window in pixels. */
  readonly width?: number;
  /** The same example in a second folder of the workspace, which has an interpreter of its own. */
  readonly twice?: boolean;
  /** Further settings of the second folder alone. */
  readonly second?: Readonly<Record<string, unknown>>;
  /** A folder that one window leaves to the next: with the file, its interpreter, and what is remembered of both. */
  readonly kept?: string;
}

export const THEMES = { light: 'Default Light Modern', dark: 'Default Dark Modern', contrast: 'Default High Contrast' };

export class Editor {
  readonly page: Page;
  /** The copy of the example. */
  readonly file: string;
  /** The copy in the second folder, where there is one. */
  readonly second: string;
  private readonly scratch: string;
  private readonly stop: () => Promise<void>;
  private readonly group: number;
  private readonly ended = new Set<number>();

  private constructor(page: Page, scratch: string, file: string, group: number, stop: () => Promise<void>) {
    this.page = page;
    this.group = group;
    this.scratch = scratch;
    this.file = file;
    this.second = path.join(scratch, 'second', `second_${path.basename(file)}`);
    this.stop = stop;
  }

  static async open(options: Options): Promise<Editor> {
    const { example, trusted, settings = {}, width = 1500, twice = false, second = {}, kept } = options;
    const scratch = await fs.mkdtemp(path.join(os.tmpdir(), 'hypershape-vscode-'));
    const name = path.basename(example);
    const file = path.join(kept ?? scratch, 'workspace', name);
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.copyFile(path.resolve(EXAMPLES, example), file);
    await writeSettings(scratch, await recordingInterpreter(kept ?? scratch), settings);
    const workspace = twice ? await secondFolder(scratch, file, second) : path.dirname(file);

    const port = await freePort();
    const server = startServer(port, scratch, workspace, trusted, kept);
    const stops: (() => Promise<void>)[] = [
      () => fs.rm(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }),
      () => end(server),
    ];
    const stop = async (): Promise<void> => {
      for (const step of stops.splice(0).reverse()) {
        await step();
      }
    };
    try {
      await answering(`http://127.0.0.1:${port}/healthz`);
      const context = await launchBrowser(path.join(scratch, 'browser'), width);
      stops.push(() => context.close());
      const page = context.pages()[0] ?? (await context.newPage());
      await openFile(page, port, workspace, file);
      return new Editor(page, scratch, file, server.pid ?? 0, stop);
    } catch (error) {
      await stop();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.stop();
  }

  /** How often an interpreter was started for anything but the language server itself: the user's, or a folder's. */
  async agents(folder = '.'): Promise<number> {
    const lines = (await fs.readFile(path.join(this.scratch, folder, 'started'), 'utf8').catch(() => '')).split('\n');
    return lines.filter((line) => line.trim() !== '' && !/ (serve|--version) *$/.test(line)).length;
  }

  /** Waits until an interpreter was started; gives how often. */
  async startedAgents(folder = '.'): Promise<number> {
    const end = Date.now() + PATIENCE_MS;
    while ((await this.agents(folder)) === 0 && Date.now() < end) {
      await sleep(200);
    }
    return this.agents(folder);
  }

  /** Ends the language server as a crash would, once there is one that was not ended before. */
  async endServer(): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (Date.now() < end) {
      const [found] = (await languageServers(this.group)).filter((pid) => !this.ended.has(pid));
      if (found !== undefined) {
        this.ended.add(found);
        process.kill(found, 'SIGKILL');
        return;
      }
      await sleep(200);
    }
    throw new Error('no language server runs');
  }

  /** When the language server that runs was started, in milliseconds as `Date.now()` counts them. */
  async serverStarted(): Promise<number> {
    const [pid] = await languageServers(this.group);
    return pid === undefined ? Number.NaN : (await fs.stat(`/proc/${pid}`)).ctimeMs;
  }

  screenshot(name: string): Promise<Buffer> {
    return this.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
  }

  /** A picture for the README, of the text or of another part of the window, so many pixels high. */
  async picture(name: string, height: number, part = '.editor-instance .monaco-editor'): Promise<void> {
    const box = await this.page.locator(part).first().boundingBox();
    if (box === null) {
      throw new Error(`there is no ${part} to make a picture of`);
    }
    const clip = { ...box, height: Math.min(box.height, height) };
    await this.page.screenshot({ path: path.join(PICTURES, `${name}.png`), clip });
  }

  /** Waits until so many errors are underlined on the screen; gives the milliseconds since `from`, on the page's clock. */
  async errorsAre(count: number, from: number): Promise<number> {
    const shown = await this.page.waitForFunction(
      (wanted) => (document.querySelectorAll('.cdr.squiggly-error').length === wanted ? performance.now() : 0),
      count,
      { polling: 'raf', timeout: PATIENCE_MS },
    );
    return (await shown.jsonValue()) - from;
  }

  /** The page's clock, in milliseconds since the window was opened. */
  now(): Promise<number> {
    return this.page.evaluate(() => performance.now());
  }

  /** All underlined places that are on the screen, read from what is drawn. */
  squiggles(): Promise<Squiggle[]> {
    return this.page.evaluate(underlined);
  }

  /** Waits until the underlined places satisfy a condition, and returns them. */
  async squigglesThat(condition: (squiggles: Squiggle[]) => boolean): Promise<Squiggle[]> {
    const end = Date.now() + PATIENCE_MS;
    let squiggles = await this.squiggles();
    while (!condition(squiggles)) {
      if (Date.now() > end) {
        await this.screenshot('gave-up');
        throw new Error(`still underlined: ${JSON.stringify(squiggles)}`);
      }
      await sleep(200);
      squiggles = await this.squiggles();
    }
    return squiggles;
  }

  /** The inlay hints on the screen, top to bottom, once they satisfy a condition. */
  hintsThat(condition: (hints: string[]) => boolean): Promise<string[]> {
    return this.textsThat('.view-line [class*="dyn-rule"], .view-line [class*="ced-"]', condition, (text) => /→|✗/.test(text));
  }

  /** The code lenses on the screen, once they satisfy a condition. */
  lensesThat(condition: (lenses: string[]) => boolean): Promise<string[]> {
    return this.textsThat('.codelens-decoration', condition);
  }

  /** Clicks on the part of a code lens with this text. */
  async clickLens(text: RegExp): Promise<void> {
    await this.page.locator('.codelens-decoration a').filter({ hasText: text }).first().click();
  }

  /** Takes the entry with this text in an open quick pick. */
  async pick(text: RegExp): Promise<void> {
    await this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first().click();
  }

  private async textsThat(
    selector: string,
    condition: (texts: string[]) => boolean,
    counts: (text: string) => boolean = () => true,
  ): Promise<string[]> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = await this.page.locator(selector).allInnerTexts();
      const texts = found.map((text) => text.replaceAll('\u00a0', ' ').trim()).filter((text) => text !== '' && counts(text));
      if (condition(texts)) {
        return texts;
      }
      if (Date.now() > end) {
        await this.screenshot('gave-up');
        throw new Error(`still shown: ${JSON.stringify(texts)}`);
      }
      await sleep(200);
    }
  }

  /** Follows the link of a finding's code in the hover at a word on a line; gives the text that is shown. */
  async pageOfRule(line: string, word: string, code: string): Promise<string> {
    const hover = await this.hover(line, word);
    await hover.locator('a', { hasText: code }).first().click();
    await this.page.locator('.tab.active', { hasText: code }).waitFor({ timeout: PATIENCE_MS });
    const page = this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame').locator('body');
    await page.locator('h1').first().waitFor({ timeout: PATIENCE_MS });
    return page.innerText();
  }

  /** The hover's text at a word on a line. */
  async hover(line: string, word: string): Promise<Locator> {
    // The workbench has hovers of its own: that of the status may still fade.
    const hover = this.page.locator('.monaco-hover:not(.hidden):not(.workbench-hover) .monaco-hover-content').first();
    const until = Date.now() + PATIENCE_MS;
    // A line moves under the pointer when the one over the build function comes or goes: a person moves after it.
    for (let shown = false; !shown; ) {
      const place = await this.place(line, word);
      await this.page.mouse.move(0, 0);
      await this.page.mouse.move(place.x, place.y, { steps: 4 });
      const wait = hover.waitFor({ timeout: 5000 });
      shown = await wait.then(() => true, (problem: unknown) => {
        if (Date.now() > until) throw problem;
        return false;
      });
    }
    // Not those of the whole window: a progress moves as long as it is there.
    await this.page.waitForFunction(() =>
      [...document.querySelectorAll('.monaco-hover')]
        .flatMap((each) => each.getAnimations({ subtree: true }))
        .every(({ playState }) => playState !== 'running'),
    );
    return hover;
  }

  /** Opens the quick-fix menu at a word on a line and takes the entry with this title. */
  async fix(line: string, word: string, title: RegExp): Promise<string> {
    const entry = this.page.locator('.action-widget .monaco-list-row').filter({ hasText: title }).first();
    // The key is lost when it arrives before the cursor has moved, and the menu is incomplete while probes run.
    for (let attempt = 0; !(await entry.isVisible()); attempt++) {
      if (attempt === 12) {
        await this.screenshot('no-quick-fix');
        throw new Error(`the quick-fix menu never offered ${title.source}`);
      }
      await this.page.keyboard.press('Escape');
      // In a notebook, Escape leaves the text of a cell.
      const place = await this.place(line, word);
      await this.page.mouse.click(place.x, place.y);
      await this.page.keyboard.press('Control+.');
      await entry.waitFor({ timeout: 2500 }).catch(() => undefined);
    }
    const chosen = await entry.innerText();
    await this.screenshot('quick-fix-menu');
    if (this.file.endsWith('.py')) {
      await this.picture('menu', 470);
    }
    await entry.click();
    return chosen;
  }

  /** Opens another file of the workspace by its name. */
  async show(file: string): Promise<void> {
    await this.page.keyboard.press('Control+p');
    await this.page.locator('.quick-input-widget input').first().fill(path.basename(file));
    await this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: path.basename(file) }).first().click();
    await this.page.locator('.tab.active').filter({ hasText: path.basename(file) }).waitFor({ timeout: PATIENCE_MS });
  }

  async save(): Promise<void> {
    await this.page.keyboard.press('Control+s');
    await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  }

  /** What the language status says about Hypershape, once it matches. */
  async statusThat(matches: RegExp): Promise<string> {
    await this.page.mouse.move(0, 0);
    await this.page.locator('[id="status.languageStatus"]').hover();
    const entry = this.page.locator('.hover-language-status').filter({ hasText: matches }).first();
    await entry.waitFor({ timeout: PATIENCE_MS });
    return entry.innerText();
  }

  async run(command: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.page.locator('.quick-input-widget input').first().fill(`>${command}`);
    await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await this.page.keyboard.press('Enter');
  }

  private async place(line: string, word: string): Promise<{ x: number; y: number }> {
    const place = await this.page.evaluate(centre, [line, word] as const);
    if (place === null) {
      throw new Error(`no line with ${line} and ${word} on the screen`);
    }
    return place;
  }
}

/** Makes a second folder with a copy of a file and an interpreter of its own; gives the workspace of both. */
async function secondFolder(
  scratch: string,
  file: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<string> {
  const second = path.join(scratch, 'second');
  await fs.mkdir(path.join(second, '.vscode'), { recursive: true });
  await fs.copyFile(file, path.join(second, `second_${path.basename(file)}`));
  await recordingInterpreter(second);
  const own = { 'hypershape.interpreter': '${workspaceFolder}/python', ...settings };
  await fs.writeFile(path.join(second, '.vscode/settings.json'), JSON.stringify(own));
  const both = path.join(scratch, 'both.code-workspace');
  await fs.writeFile(both, JSON.stringify({ folders: [{ path: path.dirname(file) }, { path: second }] }));
  return both;
}

/** An interpreter that notes each start in the file `started` beside it and is otherwise the one under test. */
async function recordingInterpreter(folder: string): Promise<string> {
  const [script, record] = [path.join(folder, 'python'), path.join(folder, 'started')];
  await fs.writeFile(script, `#!/bin/sh\necho "$@" | tr '\\n' ' ' >> '${record}'\necho >> '${record}'\nexec '${PYTHON}' "$@"\n`);
  await fs.chmod(script, 0o755);
  return script;
}

async function writeSettings(
  folder: string,
  interpreter: string,
  more: Readonly<Record<string, unknown>>,
): Promise<void> {
  const settings = {
    'hypershape.interpreter': [interpreter],
    'hypershape.importStrategy': 'useBundled',
    'chat.disableAIFeatures': true,
    'editor.minimap.enabled': false,
    'extensions.autoCheckUpdates': false,
    'extensions.autoUpdate': false,
    'security.workspace.trust.startupPrompt': 'never',
    'telemetry.telemetryLevel': 'off',
    // A payload may open the file before VS Code knows that notebooks have an editor of their own.
    'workbench.editorAssociations': { '*.ipynb': 'jupyter-notebook' },
    'workbench.enableExperiments': false,
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'workbench.startupEditor': 'none',
    ...more,
    ...(JSON.parse(process.env['HYPERSHAPE_SETTINGS'] ?? '{}') as Record<string, unknown>),
  };
  await fs.mkdir(path.join(folder, 'data/User'), { recursive: true });
  await fs.writeFile(path.join(folder, 'data/User/settings.json'), JSON.stringify(settings));
}

function startServer(
  port: number,
  folder: string,
  workspace: string,
  trusted: boolean,
  kept: string | undefined,
): ChildProcess {
  const env = kept === undefined ? process.env : { ...process.env, XDG_CACHE_HOME: path.join(kept, 'cache') };
  const server = spawn(
    process.execPath,
    [
      required('HYPERSHAPE_CODE_SERVER'),
      ...['--config', '/dev/null', '--bind-addr', `127.0.0.1:${port}`, '--auth', 'none'],
      ...['--reconnection-grace-time', '5', '--disable-telemetry', '--disable-update-check'],
      '--disable-getting-started-override',
      ...['--user-data-dir', path.join(folder, 'data'), '--extensions-dir', required('HYPERSHAPE_EXTENSIONS')],
      ...(trusted ? ['--disable-workspace-trust'] : []),
      workspace,
    ],
    { detached: true, stdio: 'ignore', env },
  );
  return server;
}

/** The language servers of a process group. */
async function languageServers(group: number): Promise<number[]> {
  const found: number[] = [];
  for (const name of (await fs.readdir('/proc')).filter((each) => /^\d+$/.test(each))) {
    const [words = '', stat = ''] = await Promise.all(
      ['cmdline', 'stat'].map((each) => fs.readFile(`/proc/${name}/${each}`, 'utf8').catch(() => '')),
    );
    // Behind the name, which may hold anything: state, parent, group.
    if (/\0serve\0$/.test(words) && Number(stat.slice(stat.lastIndexOf(')')).split(' ')[3]) === group) {
      found.push(Number(name));
    }
  }
  return found;
}

/** Ends a process and all that it started. */
async function end(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null) {
    return;
  }
  const exited = new Promise((resolve) => server.once('exit', resolve));
  process.kill(-server.pid, 'SIGTERM');
  await Promise.race([exited, sleep(10_000)]);
  try {
    process.kill(-server.pid, 'SIGKILL');
  } catch {
    // The whole group has ended by itself.
  }
}

function launchBrowser(profile: string, width: number): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: required('HYPERSHAPE_CHROMIUM'),
    headless: true,
    viewport: { width, height: 1100 },
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
}

async function openFile(page: Page, port: number, workspace: string, file: string): Promise<void> {
  const address = `127.0.0.1:${port}`;
  const payload = JSON.stringify([['openFile', `vscode-remote://${address}${file}`]]);
  const kind = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
  await page.goto(
    `http://${address}/?${kind}=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(payload)}`,
  );
  await page.locator('.view-line').first().waitFor({ timeout: PATIENCE_MS });
}

async function answering(address: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await fetch(address).then((response) => response.ok, () => false))) {
    if (Date.now() > end) {
      throw new Error(`${address} does not answer`);
    }
    await sleep(100);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

function required(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) {
    throw new Error(`${variable} is not set: start these tests with make test-vscode`);
  }
  return value;
}

/** Runs in the page: the characters above each drawn squiggle. */
function underlined(): Squiggle[] {
  const characters = [...document.querySelectorAll('.view-line')].flatMap((line) => {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    const found: { text: string; box: DOMRect }[] = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      for (let i = 0; i < (node.textContent ?? '').length; i++) {
        const range = document.createRange();
        range.setStart(node, i);
        range.setEnd(node, i + 1);
        found.push({ text: (node.textContent ?? '').charAt(i), box: range.getBoundingClientRect() });
      }
    }
    return found;
  });
  const severities = ['error', 'warning', 'info', 'hint'] as const;
  return severities.flatMap((severity) =>
    [...document.querySelectorAll(`.cdr.squiggly-${severity}`)].map((element) => {
      const area = element.getBoundingClientRect();
      const text = characters
        .filter(({ box }) => {
          const x = (box.left + box.right) / 2;
          const y = (box.top + box.bottom) / 2;
          return x > area.left && x < area.right && y > area.top && y < area.bottom;
        })
        .map((character) => character.text)
        .join('');
      return { severity, text: text.replaceAll('\u00a0', ' ') };
    }),
  );
}

/** Runs in the page: the middle of a word on the first visible line that contains a text. */
function centre([line, word]: readonly [string, string]): { x: number; y: number } | null {
  for (const element of document.querySelectorAll('.view-line')) {
    if (!element.textContent.replaceAll('\u00a0', ' ').includes(line)) {
      continue;
    }
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const start = (node.textContent ?? '').indexOf(word);
      if (start >= 0) {
        const range = document.createRange();
        range.setStart(node, start);
        range.setEnd(node, start + word.length);
        const box = range.getBoundingClientRect();
        return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
      }
    }
  }
  return null;
}
