"""The console pages of core, a list for each subject."""

from backoffice.core.ui.routes import companies, operations

urlpatterns = [*companies.urlpatterns, *operations.urlpatterns]
