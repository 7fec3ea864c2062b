import { ended } from "@/shared/lib/ended";
import { Banner } from "@/shared/ui/banner";
import { happensElsewhere, listens } from "../model/awaited";
import { setConnection, setParamAndPorts } from "../model/edits";
import type { FieldSchema } from "../model/fields";
import type { GraphNode } from "../model/graph";
import type { NodeType } from "../model/node-type";
import { problemsAt } from "../model/problems";
import { useNodeProblems } from "../run/problems";
import { useSession } from "../run/session";
import { useEditor } from "../store";
import { FieldView } from "./field-view";
import { ConnectionPicker } from "./fields/connection-picker";
import { FieldsForm } from "./fields-form";
import { FormProvider } from "./form-context";
import { AwaitedAddress, HookAddress } from "./hook-address";
import styles from "./inspector.module.css";
import { ListenButton } from "./listen-button";
import { Sample } from "./sample";
import { TriggerState } from "./trigger-state";

interface ParametersFormProps {
  node: GraphNode;
  type: NodeType | undefined;
}

/** The form that the type's schema asks for. */
export function ParametersForm({ node, type }: ParametersFormProps) {
  const { editing } = useSession();
  const edit = useEditor((state) => state.edit);
  const types = useEditor((state) => state.types);
  const problems = useNodeProblems(node.id);
  if (type === undefined) {
    return (
      <Banner tone="failed" title="This node type is not installed.">
        Install the connector that brings {node.type}, or delete the node.
      </Banner>
    );
  }
  const schema = type.params_schema as FieldSchema;
  const context = {
    root: schema,
    values: node.params,
    problems,
    locked: !editing,
    expressions: schema["x-literal"] !== true,
    connectionId: node.connection_id,
    View: FieldView,
  };
  const elsewhere = problems.filter((problem) => !problem.field);
  // Rights that are missing are told below the connection, with the button that asks for them.
  const unfit = problemsAt(problems, "connection_id").find(({ code }) => code !== "missing_scopes");
  return (
    <FormProvider value={context}>
      {elsewhere.map((problem) => (
        <Banner
          key={problem.code}
          tone={problem.severity === "error" ? "failed" : "waiting"}
          title={problem.message}
        >
          {problem.hint}
        </Banner>
      ))}
      {listens(type, node.params) ? <TriggerState nodeId={node.id} /> : null}
      {happensElsewhere(type) ? <ListenButton nodeId={node.id} /> : null}
      <HookAddress node={node} schema={schema} />
      <AwaitedAddress node={node} />
      {type.connection === null ? null : (
        <ConnectionPicker
          connector={type.connection}
          scopes={type.scopes}
          value={node.connection_id}
          error={unfit && `${ended(unfit.message)} ${unfit.hint}`}
          onChange={(connectionId) => edit(setConnection(node.id, connectionId))}
        />
      )}
      <FieldsForm
        schema={schema}
        values={node.params}
        onChange={(name, value) =>
          edit(setParamAndPorts(node.id, name, value, types), { key: `${node.id}.${name}` })
        }
      />
      {Object.keys(schema.properties ?? {}).length === 0 ? (
        <p className={styles.help}>This node needs no parameters.</p>
      ) : null}
      {type.sample === null ? null : <Sample item={type.sample} />}
    </FormProvider>
  );
}
