import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "@/shared/tokens.css";
import "@/shared/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { applyTheme } from "@/shared/lib/theme";
import { App } from "./app";

applyTheme();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
