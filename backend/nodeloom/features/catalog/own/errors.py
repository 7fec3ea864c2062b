"""What described APIs refuse.

ApiProblem
├── ApiMissing      404  it isn't there, or belongs to another workspace
├── ApiInUse        409  take its nodes out of the workflows named first
├── ApiNameTaken    409  choose another title
└── DocumentRefused 422  give another document
"""

from nodeloom.adapters.problem import ApiProblem


class ApiMissing(ApiProblem):
    status = 404
    code = "not_found"
    title = "There is no such API"
    hint = "GET /api/v1/apis lists those of this workspace."


class ApiInUse(ApiProblem):
    status = 409
    code = "api_in_use"
    title = "Workflows use this API"
    hint = "Take its nodes out of these workflows first."


class ApiNameTaken(ApiProblem):
    status = 409
    code = "name_taken"
    title = "There is an API of this name"
    hint = "Choose another title, or replace the document of the one that is there."


class DocumentRefused(ApiProblem):
    status = 422
    code = "document_refused"
    title = "The document can't be used"
    hint = "Give a whole OpenAPI document (3.0, 3.1 or Swagger 2.0), as JSON or YAML."
