import { ended } from "@/shared/lib/ended";
import { problemsAt } from "../model/problems";
import { useForm } from "./form-context";

/** What is wrong with a field and how to mend it; nothing while all is well. */
export function useFieldError(path: string): string | undefined {
  const { problems } = useForm();
  const [problem] = problemsAt(problems, path);
  return problem === undefined ? undefined : `${ended(problem.message)} ${problem.hint}`.trim();
}
