import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PythonExtension, type PythonExtensionApi } from '../src/pythonExtension';

/** A Python extension in which the user can select environments. */
class FakePythonExtension {
  selected = '/envs/ml';
  listeners: (() => void)[] = [];

  readonly api: PythonExtensionApi = {
    environments: {
      getActiveEnvironmentPath: () => ({ path: this.selected }),
      resolveEnvironment: ({ path }) =>
        Promise.resolve(path === '' ? undefined : { executable: { uri: { fsPath: `${path}/bin/python` } } }),
      onDidChangeActiveEnvironmentPath: (listener) => {
        this.listeners.push(listener);
        return { dispose: () => (this.listeners = []) };
      },
    },
  };

  select(path: string): void {
    this.selected = path;
    for (const listener of this.listeners) {
      listener();
    }
  }
}

const noFolder = (): undefined => undefined;

test('the selected environment’s interpreter is used, and another selection is noticed once', async () => {
  const fake = new FakePythonExtension();
  let changes = 0;
  const python = new PythonExtension(() => Promise.resolve(fake.api), noFolder, () => changes++);

  assert.equal(await python.interpreter(), '/envs/ml/bin/python');
  fake.select('/envs/other');
  assert.equal(await python.interpreter(), '/envs/other/bin/python');
  fake.select('/envs/third');
  assert.equal(changes, 2);
});

test('an environment that cannot be resolved leaves the choice to the server', async () => {
  const fake = new FakePythonExtension();
  fake.select('');
  assert.equal(await new PythonExtension(() => Promise.resolve(fake.api), noFolder, () => 0).interpreter(), undefined);
});

test('without the Python extension the choice is left to the server', async () => {
  const python = new PythonExtension(() => Promise.resolve(undefined), noFolder, () => 0);
  assert.equal(await python.interpreter(), undefined);
});

test('after disposal no selection is noticed', async () => {
  const fake = new FakePythonExtension();
  let changes = 0;
  const python = new PythonExtension(() => Promise.resolve(fake.api), noFolder, () => changes++);
  await python.interpreter();
  python.dispose();
  fake.select('/envs/other');
  assert.equal(changes, 0);
});
