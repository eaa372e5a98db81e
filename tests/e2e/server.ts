// One server of one's own: a process, a data folder, a free port.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const PROGRAM = process.env.BATON_BIN ?? resolve(import.meta.dirname, "../../target/release/baton");

export class Server {
  /** Where it listens; the same after a restart. */
  address = "";
  /** What it wrote to its standard error. */
  log = "";
  readonly #data: string;
  readonly #options: readonly string[];
  #process: ChildProcess | null = null;

  private constructor(data: string, options: readonly string[]) {
    this.#data = data;
    this.#options = options;
  }

  /** Starts a demo on a free port. */
  static async start(...options: string[]): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), "baton-e2e-")), options);
    await server.#run("127.0.0.1:0");
    return server;
  }

  get port(): string {
    return new URL(this.address).port;
  }

  /** Returns the address of a page. */
  at(path: string): string {
    return new URL(path, this.address).href;
  }

  get isRunning(): boolean {
    return this.#process !== null;
  }

  /** Starts it again where it was stopped or killed: same port, same data. */
  async startAgain(): Promise<void> {
    await this.#run(`127.0.0.1:${this.port}`);
  }

  /** Asks it to stop, and returns the code it ended with. */
  async stop(): Promise<number | null> {
    return await this.#end("SIGTERM");
  }

  /** Ends it without a word, as a crash would. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Removes its data. */
  async remove(): Promise<void> {
    await this.#end("SIGKILL");
    await rm(this.#data, { recursive: true, force: true });
  }

  async #run(listen: string): Promise<void> {
    const place = ["--data", this.#data, "--listen", listen, "--metrics-listen", "127.0.0.1:0"];
    const child = spawn(PROGRAM, ["serve", "--demo", ...place, ...this.#options], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.log += text));
    this.address = await new Promise<string>((started, failed) => {
      let said = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        const address = /Baton is listening on (http:\/\/\S+)/.exec(said)?.[1];
        if (address) started(address);
      });
      child.once("error", failed);
      child.once("exit", (code) => failed(new Error(`the server ended with ${code}:\n${said}${this.log}`)));
    });
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    const child = this.#process;
    this.#process = null;
    if (!child) return null;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
    return child.exitCode;
  }
}
