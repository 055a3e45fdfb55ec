export const PAGE = "";
