// trello.js walks through the Trello stand-in: each answer must be what its strict schemas say of the live API.
// Reads {host, key, token, callback, other} from the first argument and prints the names of the calls that were judged.

import { createTrelloClient } from "trello.js";

const { host, key, token, callback, other } = JSON.parse(process.argv[2]);
const trello = createTrelloClient({ host, apiKey: key, apiToken: token });
const judged = [];

async function judge(group, name, parameters) {
  try {
    const answer = await trello[group][name](parameters);
    judged.push(`${group}.${name}`);
    return answer;
  } catch (problem) {
    throw new Error(`${group}.${name}: ${problem.message}`);
  }
}

const me = await judge("members", "getMember", { id: "me" });
const board = await judge("boards", "createBoard", { name: "Sales" });
await judge("boards", "getBoard", { id: board.id });
await judge("boards", "updateBoard", { id: board.id, desc: "What we sell" });
await judge("members", "getMemberBoards", { id: "me" });
await judge("boards", "getBoardMembers", { id: board.id });
const [first, second] = await judge("boards", "getBoardLists", { id: board.id });
const list = await judge("lists", "createList", { name: "Won", idBoard: board.id });
await judge("lists", "getList", { id: list.id });
await judge("lists", "updateList", { id: list.id, name: "Won!" });
const [label] = await judge("boards", "getBoardLabels", { id: board.id });
const made = await judge("labels", "createLabel", { name: "hot", color: "red", idBoard: board.id });
await judge("labels", "getLabel", { id: made.id });
await judge("labels", "updateLabel", { id: made.id, name: "very hot" });
const hook = await judge("webhooks", "createWebhook", { callbackURL: callback, idModel: board.id });
await judge("members", "getMemberTokens", { id: "me", webhooks: true });
await judge("webhooks", "getWebhook", { id: hook.id });
await judge("webhooks", "updateWebhook", { id: hook.id, active: true });

const card = await judge("cards", "createCard", { idList: first.id, name: "Ada & Co", due: "2026-12-01T10:00:00Z" });
await judge("cards", "getCard", { id: card.id, attachments: true });
await judge("cards", "updateCard", { id: card.id, idList: second.id, pos: "top" });
await judge("cards", "createCard", { idList: first.id, idCardSource: card.id });
await judge("lists", "getListCards", { id: second.id });
await judge("boards", "getBoardCards", { id: board.id });
await judge("search", "search", { query: "ada" });
const comment = await judge("cards", "createCardComment", { id: card.id, text: "hello" });
await judge("cards", "getCardActions", { id: card.id });
await judge("actions", "updateAction", { id: comment.id, text: "hello again" });
await judge("cards", "deleteCardComment", { id: card.id, idAction: comment.id });
await judge("cards", "addCardMember", { id: card.id, value: me.id });
await judge("cards", "getCardMembers", { id: card.id });
await judge("cards", "removeCardMember", { id: card.id, idMember: me.id });
await judge("boards", "updateBoardMember", { id: board.id, idMember: other, type: "normal" });
await judge("cards", "addCardLabel", { id: card.id, value: label.id });
await judge("cards", "removeCardLabel", { id: card.id, idLabel: label.id });
const link = await judge("cards", "createCardAttachment", { id: card.id, url: "https://example.com/a", name: "a" });
await judge("cards", "getCardAttachments", { id: card.id });
await judge("cards", "getCardAttachment", { id: card.id, idAttachment: link.id });
await judge("cards", "deleteCardAttachment", { id: card.id, idAttachment: link.id });
const checklist = await judge("checklists", "createChecklist", { idCard: card.id, name: "To do" });
const item = await judge("checklists", "createChecklistItem", { id: checklist.id, name: "call" });
await judge("cards", "updateCardCheckItem", { id: card.id, idCheckItem: item.id, state: "complete" });
await judge("checklists", "getChecklist", { id: checklist.id });
await judge("cards", "getCardChecklists", { id: card.id });
await judge("cards", "deleteCardCheckItem", { id: card.id, idCheckItem: item.id });
await judge("checklists", "deleteChecklist", { id: checklist.id });
await judge("boards", "getBoardActions", { boardId: board.id });
await judge("lists", "moveAllListCards", { id: second.id, idBoard: board.id, idList: first.id });
await judge("lists", "archiveAllListCards", { id: first.id });
await judge("cards", "deleteCard", { id: card.id });
await judge("labels", "deleteLabel", { id: made.id });
await judge("webhooks", "deleteWebhook", { id: hook.id });
await judge("tokens", "getToken", { token });
await judge("boards", "deleteBoard", { id: board.id });

console.log(JSON.stringify(judged));
