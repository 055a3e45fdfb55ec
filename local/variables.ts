/** What `npm start` hands on to central of its own environment: what a deployed central has as secrets and variables. */
const HANDED_ON = /^TW_(CRED|KEK)_[A-Z0-9_]+$|^TW_FREEZE$/;

export const centralVariables = (
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && HANDED_ON.test(name) ? [[name, value] as const] : [],
    ),
  );
