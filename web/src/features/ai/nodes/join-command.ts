/** What is typed on another machine, in Confab's folder, so that it runs models for this server. */
export function joinCommand(server: string, token: string): string {
  return [`CONFAB_NODE_SERVER=${server}`, `CONFAB_NODE_TOKEN=${token}`, './confab --roles inference'].join(' \\\n')
}
