// Where one is, in the page's address: which room, and which piece is open. So a reload, the way
// back and a bookmark lead there again.

/** @typedef {{room: "compose" | "train", piece: string | null}} Place */

/** The place that the address names; null where it names none of ours. @returns {Place | null} */
export function here() {
  const [room, piece = null, ...more] = location.hash.slice(1).split("/");
  if (more.length > 0 || (piece !== null && !/^[0-9a-f]{32}$/.test(piece))) return null;
  return room === "compose" || (room === "train" && piece === null) ? { room, piece } : null;
}

/** @param {Place} place */
const address = ({ room, piece }) => `#${room}${room === "compose" && piece !== null ? `/${piece}` : ""}`;

/** Goes to a place; the way back leads to the one before. @param {Place} place */
export function go(place) {
  if (address(place) !== location.hash) history.pushState(null, "", address(place));
}

/** Says where one is, instead of what the address said. @param {Place} place */
export function stay(place) {
  history.replaceState(null, "", address(place));
}

/** @param {(place: Place) => void} call */
export function onMove(call) {
  addEventListener("popstate", () => { const place = here(); if (place !== null) call(place); });
}
