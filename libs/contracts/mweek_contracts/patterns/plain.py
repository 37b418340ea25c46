"""The built-in patterns as plain values: `make documents` writes them from the YAML files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# fmt: off
PLAIN: Final[Mapping[str, Mapping[str, Any]]] = \
{'one-few-many': {'pattern': 'one-few-many',
                  'description': "One, few, many – the operator's own machines first, routers and KVM hosts apart, "
                                 'production last',
                  'phases': [{'name': 'monday-0900',
                              'opens': 'mon 09:00',
                              'lasts': '4h',
                              'takes': [{'select': {'role': ['automation', 'monitoring', 'build']}, 'take': 'all'}]},
                             {'name': 'monday-1300',
                              'opens': 'mon 13:00',
                              'lasts': '4h',
                              'takes': [{'select': {'role': ['router']}, 'count': 1},
                                        {'select': {'role': ['storage']}, 'count': 1}]},
                             {'name': 'monday-1700',
                              'opens': 'mon 17:00',
                              'lasts': '5h',
                              'takes': [{'select': {'role': ['litmus']}, 'take': 'all'},
                                        {'select': {'role': ['customer'], 'environment': ['test']},
                                         'sample': '12%'}]},
                             {'name': 'tuesday-1700',
                              'opens': 'tue 17:00',
                              'lasts': '5h',
                              'takes': [{'select': {'role': ['customer'], 'environment': ['test']},
                                         'take': 'remainder'},
                                        {'select': {'role': ['customer'],
                                                    'environment': ['production'],
                                                    'tested': False},
                                         'at_most': '5%'},
                                        {'select': {'role': ['storage']}, 'share': '20%'}]},
                             {'name': 'wednesday-1700',
                              'opens': 'wed 17:00',
                              'lasts': '5h',
                              'takes': [{'select': {'role': ['customer'], 'environment': ['production']},
                                         'share': '30%'},
                                        {'select': {'role': ['storage']}, 'share': '30%'}]},
                             {'name': 'thursday-1700',
                              'opens': 'thu 17:00',
                              'lasts': '5h',
                              'takes': [{'select': {'role': ['customer'], 'environment': ['production']},
                                         'take': 'remainder'},
                                        {'select': {'role': ['storage']}, 'take': 'remainder'}]},
                             {'name': 'saturday-0900',
                              'opens': 'sat 09:00',
                              'lasts': '4h',
                              'takes': [{'select': {'role': ['kvm-host']}, 'take': 'all'}]},
                             {'name': 'saturday-1300',
                              'opens': 'sat 13:00',
                              'lasts': '4h',
                              'takes': [{'select': {'role': ['router']}, 'take': 'remainder'}]}],
                  'remainder': 'thursday-1700'}}
