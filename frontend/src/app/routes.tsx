import { createBrowserRouter, Navigate } from "react-router";
import { ErrorPage, NotFoundPage } from "./error-page";
import { Layout } from "./layout";

/** Each page comes with its own part of the code; the editor is by far the largest. */
export const router = createBrowserRouter([
  {
    path: "/sign-in",
    errorElement: <ErrorPage />,
    hydrateFallbackElement: <div />,
    lazy: {
      Component: async () => (await import("@/features/sign-in/sign-in-page")).SignInPage,
    },
  },
  {
    path: "/invite/:token",
    errorElement: <ErrorPage />,
    hydrateFallbackElement: <div />,
    lazy: {
      Component: async () => (await import("@/features/sign-in/invite-page")).InvitePage,
    },
  },
  {
    path: "/",
    element: <Layout />,
    errorElement: <ErrorPage />,
    hydrateFallbackElement: <div />,
    children: [
      {
        errorElement: <ErrorPage />,
        children: [
          { index: true, element: <Navigate to="/workflows" replace /> },
          {
            path: "workflows",
            lazy: {
              Component: async () =>
                (await import("@/features/workflows/workflows-page")).WorkflowsPage,
            },
          },
          {
            path: "workflows/:id",
            lazy: {
              Component: async () => (await import("@/features/editor/editor-page")).EditorPage,
            },
          },
          {
            path: "runs",
            lazy: {
              Component: async () => (await import("@/features/runs/runs-page")).RunsPage,
            },
            children: [
              {
                path: ":id",
                lazy: {
                  Component: async () => (await import("@/features/runs/run-page")).RunPage,
                },
              },
            ],
          },
          {
            path: "tables",
            lazy: {
              Component: async () => (await import("@/features/tables/tables-page")).TablesPage,
            },
          },
          {
            path: "tables/:id",
            lazy: {
              Component: async () => (await import("@/features/tables/table-page")).TablePage,
            },
          },
          {
            path: "waiting",
            lazy: {
              Component: async () => (await import("@/features/waiting/waiting-page")).WaitingPage,
            },
          },
          {
            path: "connections/apis",
            lazy: {
              Component: async () => (await import("@/features/connections/apis-page")).ApisPage,
            },
          },
          {
            path: "connections/hosts",
            lazy: {
              Component: async () => (await import("@/features/connections/hosts-page")).HostsPage,
            },
          },
          {
            path: "connections",
            lazy: {
              Component: async () =>
                (await import("@/features/connections/connections-page")).ConnectionsPage,
            },
          },
          {
            path: "notifications",
            lazy: {
              Component: async () =>
                (await import("@/features/notifications/notifications-page")).NotificationsPage,
            },
          },
          {
            path: "settings/:section?",
            lazy: {
              Component: async () =>
                (await import("@/features/settings/settings-page")).SettingsPage,
            },
          },
          { path: "*", element: <NotFoundPage /> },
        ],
      },
    ],
  },
]);
