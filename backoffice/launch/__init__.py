"""What stands behind `./bo`: the environment, the servers and the processes of one folder.

Only the standard library is imported here (never Django), because this code runs before anything is installed.
"""
