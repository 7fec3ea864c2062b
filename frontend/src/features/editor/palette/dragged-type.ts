/** Under this name a dragged palette entry carries its node type. */
export const DRAGGED_TYPE = "application/x-nodeloom-node-type";
