"""What the command line's groups have in common."""

import click

from workbook.notebooks import NotebookError


class Commands(click.Group):
    """Commands in the order of their writing; whoever asks for another one is told which there are."""

    def list_commands(self, context):
        return list(self.commands)

    def resolve_command(self, context, args):
        if args and args[0] not in self.commands:
            raise click.UsageError(f"There is no command {args[0]!r}. There are: {', '.join(self.commands)}.", context)
        return super().resolve_command(context, args)

    def invoke(self, context):
        try:
            return super().invoke(context)
        except NotebookError as error:  # its message says what to do
            raise click.ClickException(str(error)) from error
