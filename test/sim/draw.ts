export const drawing = (_title: string, _happenings: readonly unknown[]): string => "";
